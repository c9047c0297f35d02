"""Hands sessions between a Carafe program and a Flask program over real HTTP.

    python check.py INTEROP_SERVER [SEED]

Ends with `N passed, M failed`."""

import itertools
import os
import random
import sys
from datetime import datetime, timezone
from uuid import UUID

from markupsafe import Markup

import generate
import typed
from servers import Server, Visitor

RANDOM_SESSIONS = 2000
NEW_KEY = "the new key"
OLD_KEY = "the öld key"
HERE = os.path.dirname(os.path.abspath(__file__))

VALUES = {
    "text": "plain",
    "unicode": "Zoë 日本 😀 \0 \u2028",
    "none": None,
    "booleans": [True, False],
    "integers": [0, -1, 2**63 - 1, -(2**63), 2**64, 10**40],
    "floats": [0.0, -0.0, 1.5, 1e16, 1e-7, 5e-324, float("inf"), float("nan")],
    "list": [1, ["two", [3.0]]],
    "tuple": (1, ("two", ()), [3]),
    "bytes": b"\x00\xff bytes",
    "markup": Markup("<b>bold</b>"),
    "uuid": UUID("3f2b8c1e-0d5a-4c57-9f4e-0a1b2c3d4e5f"),
    "datetime": datetime(2026, 4, 18, 8, 13, 20, tzinfo=timezone.utc),
    "dict": {"b": {"a": (b"x", Markup("y"))}, "": None},
    "tags": {"tuple": {" t": [1]}, "escaped": {" t__": 1}, "dict": {" di": {}}, "text": {" b": "!"}},
}


class Checks:
    """Counts what holds and names what does not."""

    def __init__(self):
        self.passed = self.failed = 0

    def run(self, name, check, *arguments):
        label = " ".join([name.replace("_", " "), *map(str, arguments)])
        try:
            check(*arguments)
            self.passed += 1
        except Exception as problem:
            self.failed += 1
            print(f"FAIL {label}\n     {type(problem).__name__}: {problem}")


def same(got, want, where):
    if got != want:
        raise AssertionError(f"{where}:\n     expected {want}\n     got      {got}")


def round_trip(first, second, session):
    """`first` writes, `second` reads and adds a key, `first` reads all and removes it."""
    visitor = Visitor()
    same(visitor.change(first, set=session), typed.encode(session), f"written by {first}")
    same(visitor.read(second), typed.encode(session), f"read by {second}")
    more = {**session, "added": ("by the second",)}
    visitor.change(second, set={"added": more["added"]})
    same(visitor.read(first), typed.encode(more), f"read again by {first}")
    visitor.change(first, remove=["added"])
    same(visitor.read(second), typed.encode(session), f"with the key removed by {first}")


def same_bytes(first, second, session):
    """Both sides write the same payload unless it is compressed."""
    payloads = []
    for server in (first, second):
        visitor = Visitor()
        visitor.change(server, set=session)
        payloads.append(visitor.payload())
    if not any(payload.startswith(".") for payload in payloads):
        same(payloads[0], payloads[1], "the payload's bytes")


def types(first, second, name):
    round_trip(first, second, {name: VALUES[name]})
    same_bytes(first, second, {name: VALUES[name]})


def flashes(first, second):
    """Messages flashed on both sides are read on either, and gone from the other then."""
    visitor = Visitor()
    for server, message in [(first, "hello"), (second, "wörld"), (first, "again")]:
        visitor.ask(server, "POST", "/flash", {"message": message, "category": str(server)})
    want = [[str(first), "hello"], [str(second), "wörld"], [str(first), "again"]]
    stored = typed.encode({"_flashes": [tuple(pair) for pair in want]})
    same(visitor.read(second), stored, "the session")
    same(visitor.ask(second, "GET", "/flashes"), want, f"read by {second}")
    same(visitor.ask(first, "GET", "/flashes"), [], f"then by {first}")


def flashed_markup(first, second):
    """A message that is safe HTML stays that while the other side adds one."""
    visitor = Visitor()
    markup = [("html", Markup("<b>!</b>"))]
    visitor.change(first, set={"_flashes": markup})
    visitor.ask(second, "POST", "/flash", {"message": "text", "category": "message"})
    stored = typed.encode({"_flashes": [*markup, ("message", "text")]})
    same(visitor.read(first), stored, f"after a message from {second}")
    same(
        visitor.ask(second, "GET", "/flashes"),
        [["html", "<b>!</b>"], ["message", "text"]],
        f"read by {second}",
    )


def permanent(first, second):
    visitor = Visitor()
    visitor.change(first, set={"a": 1}, permanent=True)
    same("expires" in visitor.attributes, True, f"an expiry from {first}")
    same(visitor.ask(second, "GET", "/session")["permanent"], True, f"seen by {second}")
    same("expires" in visitor.attributes, True, f"an expiry from {second}")
    visitor.change(second, permanent=False)
    same(visitor.ask(first, "GET", "/session")["permanent"], False, f"seen by {first}")
    same("expires" in visitor.attributes, False, "an expiry after that")


def rotated(old, new, other_new):
    """A session signed with the old key is read, and signed anew with the new one."""
    visitor = Visitor()
    visitor.change(old, set={"since": "long ago"})
    same(visitor.read(new), typed.encode({"since": "long ago"}), f"read by {new}")
    want = typed.encode({"since": "long ago", "now": 1})
    same(visitor.change(new, set={"now": 1}), want, f"changed by {new}")
    same(visitor.read(other_new), want, f"read by {other_new}")
    same(visitor.read(old), typed.encode({}), f"{old} does not know the new key")


def compressed(first, second):
    session = {"text": "compress me " * 200, "list": [("a tuple", b"bytes")] * 60}
    visitor = Visitor()
    visitor.change(first, set=session)
    same(visitor.cookie[0], ".", f"the first byte of the cookie from {first}")
    round_trip(first, second, session)


def forged(server):
    visitor = Visitor()
    visitor.change(server, set={"user": 1})
    start, end = visitor.cookie[:-1], visitor.cookie[-1]
    changed = start + ("A" if end != "A" else "B")
    for cookie in ["", "x", ".", "..", visitor.payload(), start, changed]:
        same(Visitor(cookie).read(server), typed.encode({}), f"a session from {cookie!r}")


def emptied(first, second):
    visitor = Visitor()
    visitor.change(first, set={"a": 1})
    visitor.change(second, clear=True)
    same(visitor.cookie, None, f"the cookie after {second} emptied the session")


def main():
    binary = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20260418
    flask = [sys.executable, os.path.join(HERE, "flask_app.py")]
    checks = Checks()
    with (
        Server("Carafe", [binary], NEW_KEY, OLD_KEY) as carafe,
        Server("Flask", flask, NEW_KEY, OLD_KEY) as real,
        Server("Carafe-with-the-old-key", [binary], OLD_KEY) as old_carafe,
        Server("Flask-with-the-old-key", flask, OLD_KEY) as old_real,
    ):
        for pair in itertools.permutations([carafe, real]):
            for name in VALUES:
                checks.run("types", types, *pair, name)
            for check in (flashes, flashed_markup, permanent, compressed, emptied):
                checks.run(check.__name__, check, *pair)
        for server in (carafe, real):
            checks.run("forged", forged, server)
        for old, new, other in [
            (old_real, carafe, real),
            (old_carafe, real, carafe),
            (old_carafe, carafe, real),
        ]:
            checks.run("rotated", rotated, old, new, other)
        numbers = random.Random(seed)
        for index in range(RANDOM_SESSIONS):
            session = generate.session(numbers)
            for first, second in itertools.permutations([carafe, real]):
                checks.run(f"random {index} of seed {seed}:", round_trip, first, second, session)
            checks.run(f"bytes of random {index}:", same_bytes, carafe, real, session)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
