"""Shared by record.py and replay.py: request building, the cookie jar,
response normalisation and comparison.  Standard library only.
See FORMAT.md for the meaning of every field."""

from __future__ import annotations

import base64
import datetime
import email.utils
import hashlib
import hmac
import json
import os
import random
import re
import socket
import subprocess
import threading
import time
import urllib.parse
import zlib

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIXTURES = os.path.join(HERE, "fixtures")
FIXTURE_MTIME = 1704164645  # Tue, 02 Jan 2024 03:04:05 GMT
DEFAULT_HOST = "localhost"
SKIP_HEADERS = {"date", "server", "connection", "keep-alive", "transfer-encoding"}
SET_HEADERS = {"vary", "allow"}
DATE_TOLERANCE = 5
SIGNED_RE = re.compile(r"\.?[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{27}")
FILE_ETAG_RE = re.compile(r'"\d+\.\d+-\d+-\d+"')


# -- scenarios ---------------------------------------------------------------


def load(path):
    out = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.strip()
            if line:
                scenario = json.loads(line)
                scenario["_where"] = f"{os.path.basename(path)}:{number}"
                out.append(scenario)
    return out


def dump(path, scenarios):
    with open(path, "w", encoding="utf-8") as f:
        for scenario in scenarios:
            clean = {k: v for k, v in scenario.items() if not k.startswith("_")}
            f.write(json.dumps(clean, ensure_ascii=False) + "\n")


def touch_fixtures():
    """Give every fixture the same modification time."""
    for folder, _, names in os.walk(FIXTURES):
        for name in names:
            os.utime(os.path.join(folder, name), (FIXTURE_MTIME, FIXTURE_MTIME))


# -- signed cookies ----------------------------------------------------------


def b64e(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b64d(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signature(key, value, salt):
    derived = hmac.new(key.encode(), salt.encode(), hashlib.sha1).digest()
    return b64e(hmac.new(derived, value.encode(), hashlib.sha1).digest())


def sign(data, key, age=0, salt="cookie-session", compress=None, now=None):
    payload = json.dumps(data, separators=(",", ":"), sort_keys=True).encode()
    packed = zlib.compress(payload)
    if compress or (compress is None and len(packed) < len(payload) - 1):
        text = "." + b64e(packed)
    else:
        text = b64e(payload)
    stamp = int(time.time() if now is None else now) - age
    text += "." + b64e(stamp.to_bytes((stamp.bit_length() + 7) // 8, "big"))
    return text + "." + _signature(key, text, salt)


def unsign(value, key=None, salt="cookie-session"):
    """Return (payload, timestamp, signature_ok), or None if not of that form."""
    if not SIGNED_RE.fullmatch(value):
        return None
    text, _, signature = value.rpartition(".")
    payload, _, stamp = text.rpartition(".")
    try:
        if payload.startswith("."):
            raw = zlib.decompress(b64d(payload[1:]))
        else:
            raw = b64d(payload)
        data = json.loads(raw)
        when = int.from_bytes(b64d(stamp), "big")
    except Exception:
        return None
    ok = key is not None and hmac.compare_digest(
        signature, _signature(key, text, salt)
    )
    return data, when, ok


# -- cookies -----------------------------------------------------------------


def parse_set_cookie(value):
    parts = value.split(";")
    # a quoted value may itself not contain ';' (it is escaped as \073)
    name, _, val = parts[0].partition("=")
    attrs = {}
    for part in parts[1:]:
        key, _, item = part.strip().partition("=")
        attrs[key.lower()] = item
    return name.strip(), val, attrs


class Jar:
    """Just enough of RFC 6265: domain, path and expiry.  Secure cookies are
    sent over plain HTTP too."""

    def __init__(self):
        self.items = {}

    def store(self, host, path, headers):
        host = host.rpartition(":")[0] or host if ":" in host else host
        for name, value in headers:
            if name.lower() != "set-cookie":
                continue
            key, val, attrs = parse_set_cookie(value)
            domain = attrs.get("domain", "").lstrip(".").lower()
            cookie_path = attrs.get("path") or ""
            if not cookie_path.startswith("/"):
                cookie_path = path.rpartition("/")[0] or "/"
            slot = (key, domain or host.lower(), bool(domain), cookie_path)
            dead = False
            if "max-age" in attrs:
                dead = int(attrs["max-age"]) <= 0
            elif "expires" in attrs:
                when = email.utils.parsedate_to_datetime(attrs["expires"])
                dead = when.timestamp() <= time.time()
            if dead:
                self.items.pop(slot, None)
            else:
                self.items[slot] = val

    def header(self, host, path):
        host = (host.rpartition(":")[0] or host if ":" in host else host).lower()
        out = []
        for (name, domain, wide, cookie_path), value in self.items.items():
            if host != domain and not (wide and host.endswith("." + domain)):
                continue
            if path != cookie_path and not path.startswith(
                cookie_path.rstrip("/") + "/"
            ):
                continue
            out.append((len(cookie_path), f"{name}={value}"))
        out.sort(key=lambda item: -item[0])
        return "; ".join(text for _, text in out)


# -- requests ----------------------------------------------------------------


def _text(value):
    if isinstance(value, dict):
        unit, count = value["repeat"]
        return unit * count
    return str(value)


def _fill(value, captured):
    return re.sub(
        r"\$\{(\w+)\}", lambda m: captured.get(m.group(1), m.group(0)), value
    )


def build_body(request):
    """Return (body bytes or None, content type or None)."""
    if "body_b64" in request:
        return base64.b64decode(request["body_b64"]), None
    if "body" in request:
        return _text(request["body"]).encode(), None
    if "json" in request:
        return json.dumps(request["json"]).encode(), "application/json"
    if "form" in request:
        pairs = [(k, _text(v)) for k, v in request["form"]]
        return (
            urllib.parse.urlencode(pairs).encode(),
            "application/x-www-form-urlencoded",
        )
    if "multipart" in request:
        boundary = "parity-boundary-7MA4YWxk"
        out = b""
        for part in request["multipart"]:
            out += f"--{boundary}\r\n".encode()
            disposition = f'form-data; name="{part["name"]}"'
            if "filename" in part:
                disposition += f'; filename="{part["filename"]}"'
            out += f"Content-Disposition: {disposition}\r\n".encode()
            if "content_type" in part:
                out += f"Content-Type: {part['content_type']}\r\n".encode()
            if "b64" in part:
                data = base64.b64decode(part["b64"])
            else:
                data = _text(part.get("text", "")).encode()
            out += b"\r\n" + data + b"\r\n"
        out += f"--{boundary}--\r\n".encode()
        return out, f"multipart/form-data; boundary={boundary}"
    return None, None


def build_request(step, jar, captured):
    """Return (raw request bytes, method, host, path)."""
    request = step["request"]
    method = request.get("method", "GET")
    path = _fill(request["path"], captured)
    target = path
    if "query" in request:
        target += "?" + _fill(request["query"], captured)
    host = request.get("host", DEFAULT_HOST)
    prefix = request.get("script_name", "")
    headers = [("Host", host)]
    headers += [(k, _fill(v, captured)) for k, v in request.get("headers", [])]
    names = {k.lower() for k, _ in headers}
    body, content_type = build_body(request)
    if content_type and "content-type" not in names:
        headers.append(("Content-Type", content_type))
    if body is not None:
        if request.get("chunked"):
            headers.append(("Transfer-Encoding", "chunked"))
            chunks = [body[i : i + 1000] for i in range(0, len(body), 1000)]
            body = b"".join(
                f"{len(c):x}\r\n".encode() + c + b"\r\n" for c in chunks
            )
            body += b"0\r\n\r\n"
        elif "content-length" not in names:
            headers.append(("Content-Length", str(len(body))))
    cookies = []
    if step.get("use_jar", True) and "cookie" not in names:
        text = jar.header(host, prefix + path)
        if text:
            cookies.append(text)
    for spec in request.get("sign_cookies", []):
        value = sign(
            spec["data"],
            spec["key"],
            spec.get("age", 0),
            spec.get("salt", "cookie-session"),
            spec.get("compress"),
        )
        tamper = spec.get("tamper")
        if tamper == "signature":
            value = value[:-1] + ("A" if value[-1] != "A" else "E")
        elif tamper == "payload":
            value = "e30" + value[value.index(".", 1) :]
        elif tamper == "truncate":
            value = value.rpartition(".")[0]
        elif tamper == "garbage":
            value = "not.a-valid.cookie"
        cookies.append(f"{spec['name']}={value}")
    if cookies:
        headers.append(("Cookie", "; ".join(cookies)))
    if "scheme" in request:
        headers.append(("X-Parity-Scheme", request["scheme"]))
    if prefix:
        headers.append(("X-Parity-Script-Name", prefix))
    headers.append(("Connection", "close"))
    lines = [f"{method} {target} HTTP/1.1"] + [f"{k}: {v}" for k, v in headers]
    raw = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + (body or b"")
    return raw, method, host, prefix + path


class Reply:
    def __init__(self, status, reason, headers, body, chunked, truncated):
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body
        self.chunked = chunked
        self.truncated = truncated
        self.at = time.time()


def exchange(port, raw, method, timeout=20, host="127.0.0.1"):
    """Send raw bytes, read one response until the server closes."""
    with socket.create_connection((host, port), timeout=timeout) as sock:
        sock.settimeout(timeout)
        try:
            sock.sendall(raw)
        except (BrokenPipeError, ConnectionResetError):
            pass
        data = b""
        reset = False
        while True:
            try:
                part = sock.recv(65536)
            except ConnectionResetError:
                reset = True
                break
            if not part:
                break
            data += part
            if _complete(data, method):
                break
    return parse_reply(data, method, reset)


def _head(data):
    while True:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return None
        lines = data[:end].decode("latin-1").split("\r\n")
        parts = lines[0].split(" ", 2)
        status = int(parts[1])
        if 100 <= status < 200:
            data = data[end + 4 :]
            continue
        headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers.append([name.strip(), value.strip()])
        return status, parts[2] if len(parts) > 2 else "", headers, data[end + 4 :]


def _get(headers, name):
    for key, value in headers:
        if key.lower() == name:
            return value
    return None


def _bodiless(status, method):
    return method == "HEAD" or status in (204, 304)


def _complete(data, method):
    head = _head(data)
    if head is None:
        return False
    status, _, headers, rest = head
    if _bodiless(status, method):
        return True
    if "chunked" in (_get(headers, "transfer-encoding") or "").lower():
        return rest.endswith(b"0\r\n\r\n") and _unchunk(rest)[1]
    length = _get(headers, "content-length")
    return length is not None and len(rest) >= int(length)


def _unchunk(data):
    out = b""
    while True:
        line, sep, rest = data.partition(b"\r\n")
        if not sep:
            return out, False
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError:
            return out, False
        if size == 0:
            return out, rest.startswith(b"\r\n")
        if len(rest) < size + 2:
            return out + rest[:size], False
        out += rest[:size]
        data = rest[size + 2 :]


def parse_reply(data, method, reset=False):
    head = _head(data)
    if head is None:
        raise ConnectionError(
            "connection reset" if reset else f"no response ({data[:80]!r})"
        )
    status, reason, headers, rest = head
    chunked = "chunked" in (_get(headers, "transfer-encoding") or "").lower()
    if _bodiless(status, method):
        return Reply(status, reason, headers, rest, chunked, False)
    if chunked:
        body, whole = _unchunk(rest)
        return Reply(status, reason, headers, body, True, not whole)
    length = _get(headers, "content-length")
    truncated = length is not None and len(rest) < int(length)
    return Reply(status, reason, headers, rest, False, truncated)


# -- normalising and comparing -----------------------------------------------


def _parse_date(text):
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    return when


def _now(reply):
    when = _parse_date(_get(reply.headers, "date") or "")
    return when.timestamp() if when else reply.at


def _relative(text, reply):
    """A date near the present, as '<now+N>'; any other text as it is."""
    when = _parse_date(text)
    if when is None or not 2026 <= when.year <= 2037:
        return text
    delta = int(when.timestamp() - _now(reply))
    near = round(delta / 10) * 10
    return f"<now+{near if abs(near - delta) <= 2 else delta}>"


def _date_matches(want, got, reply):
    m = re.fullmatch(r"<now\+(-?\d+)>", want)
    if not m:
        return want == got
    when = _parse_date(got)
    if when is None:
        return False
    return abs(when.timestamp() - _now(reply) - int(m.group(1))) <= DATE_TOLERANCE


def normalise(reply, method):
    """The recorded form of a reply."""
    out = {"status": reply.status, "reason": reply.reason}
    headers = []
    for name, value in reply.headers:
        low = name.lower()
        if low in SKIP_HEADERS or (low == "content-length" and reply.chunked):
            continue
        if low == "expires":
            value = _relative(value, reply)
        elif low == "allow":
            value = ", ".join(sorted(t.strip() for t in value.split(",")))
        elif low == "etag" and FILE_ETAG_RE.fullmatch(value):
            value = "<opaque>"
        elif low == "set-cookie":
            key, val, attrs = parse_set_cookie(value)
            parts = value.split(";")
            opened = unsign(val)
            if opened:
                out["session_after"] = {"cookie": key, "data": opened[0]}
                parts[0] = f"{key}=<signed>"
            for i, part in enumerate(parts[1:], 1):
                if part.strip().lower().startswith("expires="):
                    text = part.strip()[8:]
                    parts[i] = f" Expires={_relative(text, reply)}"
            value = ";".join(parts)
        headers.append([name, value])
    out["headers"] = headers
    if reply.chunked:
        out["chunked"] = True
    if reply.truncated:
        out["truncated"] = True
    elif not _bodiless(reply.status, method):
        try:
            out["body"] = reply.body.decode("utf-8")
        except UnicodeDecodeError:
            out["body_b64"] = base64.b64encode(reply.body).decode()
    return out


def _tokens(values):
    return sorted(
        {t.strip().lower() for v in values for t in v.split(",") if t.strip()}
    )


def compare(step, reply, key=None):
    """Differences between the recorded response and a reply, as lines."""
    want = step["response"]
    ignore = {name.lower() for name in step.get("ignore", [])}
    method = step["request"].get("method", "GET")
    out = []
    if reply.status != want["status"]:
        out.append(f"status: expected {want['status']}, got {reply.status}")
    if bool(want.get("truncated")) != reply.truncated:
        out.append(
            "truncated: expected the body to be"
            f" {'cut off' if want.get('truncated') else 'whole'}"
        )
    if want.get("chunked") and method != "HEAD" and not reply.chunked:
        out.append("framing: expected Transfer-Encoding: chunked")

    expected, actual = {}, {}
    for name, value in want["headers"]:
        expected.setdefault(name.lower(), []).append(value)
    for name, value in reply.headers:
        actual.setdefault(name.lower(), []).append(value)
    if "content-length" not in expected:
        # Streamed, HEAD of streamed, 204 and 304: the length is not compared.
        actual.pop("content-length", None)
    for name in sorted(set(expected) | set(actual)):
        if name in SKIP_HEADERS or name in ignore:
            continue
        left, right = expected.get(name, []), actual.get(name, [])
        if name in SET_HEADERS:
            if _tokens(left) != _tokens(right):
                out.append(f"header {name}: expected {left}, got {right}")
        elif name == "set-cookie":
            out += _compare_cookies(left, right, want, reply, key)
        elif name == "expires" and len(left) == len(right) == 1:
            if not _date_matches(left[0], right[0], reply):
                out.append(f"header {name}: expected {left}, got {right}")
        elif left == ["<opaque>"]:
            if len(right) != 1 or not re.fullmatch(r'"[^"]+"', right[0]):
                out.append(f"header {name}: expected a strong tag, got {right}")
        elif sorted(left) != sorted(right):
            out.append(f"header {name}: expected {left}, got {right}")

    if "body" not in ignore and not want.get("truncated"):
        if "body_b64" in want:
            body = base64.b64decode(want["body_b64"])
        else:
            body = want.get("body", "").encode()
        if body != reply.body:
            out.append(f"body: expected {body!r}\n         got      {reply.body!r}")
    return out


def _compare_cookies(left, right, want, reply, key):
    out = []
    wanted = [parse_set_cookie(v) for v in left]
    got = [parse_set_cookie(v) for v in right]
    if sorted(n for n, _, _ in wanted) != sorted(n for n, _, _ in got):
        return [f"header set-cookie: expected {left}, got {right}"]
    rest = list(got)
    for name, value, attrs in wanted:
        best = None
        for item in rest:
            if item[0] != name:
                continue
            problems = _compare_cookie(value, attrs, item, want, reply, key)
            if best is None or len(problems) < len(best[1]):
                best = (item, problems)
        rest.remove(best[0])
        out += [f"cookie {name}: {problem}" for problem in best[1]]
    return out


def _compare_cookie(value, attrs, item, want, reply, key):
    name, got, got_attrs = item
    out = []
    if value == "<signed>":
        opened = unsign(got, key)
        data = want["session_after"]["data"]
        if opened is None:
            out.append(f"expected a signed value, got {got!r}")
        else:
            if opened[0] != data:
                out.append(f"session: expected {data}, got {opened[0]}")
            if not opened[2]:
                out.append("session: bad signature")
            if abs(opened[1] - _now(reply)) > 60:
                out.append("session: bad timestamp")
    elif value != got:
        out.append(f"expected {value!r}, got {got!r}")
    if set(attrs) != set(got_attrs):
        out.append(f"attributes: expected {sorted(attrs)}, got {sorted(got_attrs)}")
    for attr in set(attrs) & set(got_attrs):
        if attr == "expires":
            same = _date_matches(attrs[attr], got_attrs[attr], reply)
        else:
            same = attrs[attr] == got_attrs[attr]
        if not same:
            out.append(f"{attr}: expected {attrs[attr]!r}, got {got_attrs[attr]!r}")
    return out


# -- servers and scenarios ---------------------------------------------------


def control(port, method, path, payload=None, timeout=20, host="127.0.0.1"):
    body = b"" if payload is None else json.dumps(payload).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {DEFAULT_HOST}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    reply = exchange(port, head.encode() + body, method, timeout, host)
    if reply.status >= 400:
        text = reply.body[:200].decode(errors="replace")
        raise ConnectionError(f"{method} {path}: {reply.status} {text}")
    return reply


def reset(port, scenario, host="127.0.0.1"):
    payload = {
        "app": scenario["app"],
        "config": scenario.get("config", {}),
        "env": scenario.get("env", {}),
    }
    control(port, "POST", "/__parity__/reset", payload, host=host)


def read_trace(port, want=None, host="127.0.0.1"):
    """The events since the last read.  When `want` is given, wait a moment
    for as many events as it has."""
    out = []
    deadline = time.time() + 1.0
    while True:
        reply = control(port, "GET", "/__parity__/trace", host=host)
        out += json.loads(reply.body or b"[]")
        if want is None or len(out) >= len(want) or time.time() > deadline:
            return out
        time.sleep(0.02)


def secret_key(scenario):
    return scenario.get("config", {}).get("SECRET_KEY", "parity-secret-key")


def capture(step, reply, captured):
    for name, header in step.get("capture", {}).items():
        captured[name] = _get(reply.headers, header.lower()) or ""


class Server:
    """A server under test, started from a command line."""

    def __init__(self, command, app, config, env, timeout=60, quiet=True):
        try:
            self.start(command, app, config, env, timeout, quiet)
        except ConnectionError:
            # Another process may have taken the port: once more with another.
            self.start(command, app, config, env, timeout, quiet)

    def start(self, command, app, config, env, timeout, quiet):
        self.port = free_port()
        values = {
            "{app}": app,
            "{port}": str(self.port),
            "{config_json}": json.dumps(config),
            "{fixtures}": FIXTURES,
        }
        args = []
        for arg in command:
            for key, value in values.items():
                arg = arg.replace(key, value)
            args.append(arg)
        full = dict(os.environ, PARITY_FIXTURES=FIXTURES)
        full.update(env)
        sink = subprocess.DEVNULL if quiet else None
        self.process = subprocess.Popen(args, env=full, stdout=sink, stderr=sink)
        deadline = time.time() + timeout
        while True:
            if self.process.poll() is not None:
                raise ConnectionError(
                    f"server exited with status {self.process.returncode}"
                )
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
                return
            except OSError:
                pass
            if time.time() > deadline:
                self.stop()
                raise ConnectionError("server did not open its port")
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


_ports = set()
_ports_lock = threading.Lock()


def free_port():
    """A port that nothing uses and that was not handed out before.  It is taken
    from below the range of outgoing connections."""
    with _ports_lock:
        while True:
            port = random.randrange(20000, 32000)
            if port in _ports:
                continue
            with socket.socket() as sock:
                try:
                    sock.bind(("127.0.0.1", port))
                except OSError:
                    continue
            _ports.add(port)
            if len(_ports) > 6000:
                _ports.clear()
            return port
