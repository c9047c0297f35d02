"""Programs under test, and a client with one session cookie that visits them."""

import http.client
import json
import os
import socket
import subprocess
import time

import typed


class Server:
    """A program on a loopback port of its own; ends with the `with` block."""

    def __init__(self, name, command, key, *fallbacks):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.name = name
        environment = dict(
            os.environ,
            INTEROP_SECRET_KEY=key,
            INTEROP_SECRET_KEY_FALLBACKS=json.dumps(fallbacks),
        )
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)], env=environment, stdout=subprocess.DEVNULL
        )

    def __enter__(self):
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.process.kill()
                    raise SystemExit(f"{self.name} does not listen on port {self.port}")
                time.sleep(0.02)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __str__(self):
        return self.name


class Visitor:
    """A browser with at most one cookie, the session, which every server sees."""

    def __init__(self, cookie=None):
        self.cookie = cookie
        self.attributes = {}

    def ask(self, server, method, path, body=None):
        headers = {}
        if self.cookie is not None:
            headers["Cookie"] = f"session={self.cookie}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        server.connection.request(method, path, body, headers)
        response = server.connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise AssertionError(f"{server} answers {method} {path} with {response.status}: {text!r}")
        for value in response.headers.get_all("Set-Cookie", []):
            self.keep(value)
        return json.loads(text) if text else None

    def keep(self, header):
        pair, *attributes = header.split(";")
        name, _, value = pair.partition("=")
        if name != "session":
            raise AssertionError(f"an unknown cookie: {header}")
        pairs = (attribute.strip().partition("=") for attribute in attributes)
        self.attributes = {name.lower(): value for name, _, value in pairs}
        self.cookie = None if self.attributes.get("max-age") == "0" else value

    def read(self, server):
        """The session as `server` sees it, with the types of its values."""
        return self.ask(server, "GET", "/session")["session"]

    def change(self, server, **wanted):
        """Lets `server` change the session; returns what it then holds."""
        if "set" in wanted:
            wanted["set"] = [[key, typed.encode(value)] for key, value in wanted["set"].items()]
        return self.ask(server, "POST", "/session", wanted)["session"]

    def payload(self):
        """The cookie without its time and its signature."""
        return self.cookie.rsplit(".", 2)[0]
