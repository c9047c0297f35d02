"""Random sessions from a seed: every type that Flask's session keeps, nested."""

import string
from datetime import datetime, timedelta, timezone
from uuid import UUID

from markupsafe import Markup

# Keys that look like the tags of the cookie's JSON, which must come back as plain keys.
TAGS = [" t", " b", " m", " u", " d", " di", " t__", " b__", "  t", "t", " ", ""]
ALPHABETS = [
    string.ascii_letters + string.digits,
    string.printable,
    "äöüßéñ€–“”",
    "日本語中文한국어",
    "😀🎉𝔸\U0010ffff",
    "\0\x01\x1f\x7f\x80\u2028\u2029\ufeff\uffff\\\"'/<>&",
]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def text(random, most=24):
    alphabet = random.choice(ALPHABETS)
    return "".join(random.choice(alphabet) for _ in range(random.randrange(most)))


def key(random):
    return random.choice(TAGS) if random.random() < 0.2 else text(random, 10)


def integer(random):
    bits = random.choice([4, 31, 53, 63, 64, 65, 200])
    return random.choice([1, -1]) * random.getrandbits(bits)


def number(random):
    kind = random.randrange(4)
    if kind == 0:
        return random.choice([0.0, -0.0, 1e16, 1e-7, 1.5e300, 5e-324, float("inf")])
    if kind == 1:
        return float(random.randrange(-(10**6), 10**6))
    return random.uniform(-1, 1) * 10.0 ** random.randrange(-30, 30)


def moment(random):
    zone = timezone(timedelta(minutes=random.choice([0, 0, 90, -480])))
    return (EPOCH + timedelta(seconds=random.randrange(4_000_000_000))).astimezone(zone)


def leaf(random):
    kinds = [
        lambda: None,
        lambda: random.random() < 0.5,
        lambda: integer(random),
        lambda: number(random),
        lambda: text(random),
        lambda: text(random, 200),
        lambda: random.randbytes(random.randrange(40)),
        lambda: Markup(text(random)),
        lambda: UUID(bytes=random.randbytes(16)),
        lambda: moment(random),
    ]
    return random.choice(kinds)()


def value(random, depth=3):
    if depth == 0 or random.random() < 0.5:
        return leaf(random)
    size = random.randrange(5)
    kind = random.randrange(3)
    if kind == 0:
        return [value(random, depth - 1) for _ in range(size)]
    if kind == 1:
        return tuple(value(random, depth - 1) for _ in range(size))
    return mapping(random, size, depth - 1)


def mapping(random, size, depth):
    return {key(random): value(random, depth) for _ in range(size)}


def session(random):
    """A session of one to six keys."""
    return mapping(random, random.randrange(1, 7), 3)
