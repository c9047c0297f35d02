"""Points curl, requests, httpx and headless Chromium at a Carafe program.

    python clients.py CLIENTS_SERVER

Ends with `N passed, M failed`."""

import base64
import functools
import inspect
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from urllib.parse import urlencode

import httpx
import requests
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from check import Checks, same
from servers import Server

TEXT = "Zoë & 日本 + 100% = \"quoted\" 'single' \\ ; 😀"
FIELDS = [("text", TEXT), ("many", "a"), ("many", "c"), ("empty", "")]
VALUE = {"text": TEXT, "list": [1, 2.5, None, True, {"nested": []}], "big": 2**53 + 1, "": "no name"}


class Curl:
    """The curl program, with its cookie jar in a file."""

    def __init__(self, base, folder):
        self.base = base
        self.jar = os.path.join(folder, "curl.jar")

    def run(self, path, *arguments):
        command = ["curl", "--silent", "--show-error", "--fail", "--location", "--globoff"]
        command += ["--cookie", self.jar, "--cookie-jar", self.jar, *arguments, self.base + path]
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout

    def get(self, path):
        return json.loads(self.run(path))

    def form(self, fields):
        arguments = [word for name, value in fields for word in ("--data-urlencode", f"{name}={value}")]
        return json.loads(self.run("/form", *arguments))

    def upload(self, fields, paths):
        arguments = [word for name, value in fields for word in ("--form-string", f"{name}={value}")]
        arguments += [word for path in paths for word in ("--form", f"upload=@{path}")]
        return json.loads(self.run("/form", *arguments))

    def json(self, value):
        return json.loads(self.run("/json", "--json", json.dumps(value)))

    def post_hop(self, code, body):
        return json.loads(self.run(f"/hop/{code}", "--data-raw", body))

    def resume(self, path, target, whole):
        with open(target, "wb") as part:
            part.write(whole[: len(whole) // 3])
        self.run(path, "--continue-at", "-", "--output", target)
        with open(target, "rb") as done:
            return done.read()


class Library:
    """requests or httpx, which take the same arguments but for the redirects."""

    def __init__(self, base, session):
        self.base = base
        self.session = session

    def answer(self, response):
        response.raise_for_status()
        return response.json()

    def get(self, path):
        return self.answer(self.session.get(self.base + path))

    def form(self, fields):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.answer(self.session.post(self.base + "/form", headers=headers, **self.raw(urlencode(fields))))

    def raw(self, text):
        key = "content" if isinstance(self.session, httpx.Client) else "data"
        return {key: text.encode()}

    def upload(self, fields, paths):
        data = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        files = [("upload", (os.path.basename(path), open(path, "rb"))) for path in paths]
        return self.answer(self.session.post(self.base + "/form", data=data, files=files))

    def json(self, value):
        return self.answer(self.session.post(self.base + "/json", json=value))

    def post_hop(self, code, body):
        return self.answer(self.session.post(f"{self.base}/hop/{code}", **self.raw(body)))

    def resume(self, path, target, whole):
        first = self.session.get(self.base + path, headers={"Range": f"bytes=0-{len(whole) // 3 - 1}"})
        same(first.status_code, 206, "the status of the first part")
        rest = self.session.get(
            self.base + path,
            headers={"Range": f"bytes={len(first.content)}-", "If-Range": first.headers["ETag"]},
        )
        same(rest.status_code, 206, "the status of the rest")
        want = f"bytes {len(first.content)}-{len(whole) - 1}/{len(whole)}"
        same(rest.headers["Content-Range"], want, "the range of the rest")
        changed = self.session.get(
            self.base + path, headers={"Range": "bytes=5-9", "If-Range": '"another version"'}
        )
        same((changed.status_code, len(changed.content)), (200, len(whole)), "a file that has changed")
        return first.content + rest.content


class Chromium:
    """A headless Chromium: forms are filled in and sent, the rest is fetched by the page."""

    def __init__(self, base):
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
            options.add_argument(argument)
        options.binary_location = shutil.which("chromium")
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_script_timeout(60)
        self.base = base

    def quit(self):
        self.driver.quit()

    def shown(self):
        """The JSON that the page shows, once it does."""
        text = lambda driver: driver.execute_script(
            "return document.contentType == 'application/json' && document.readyState == 'complete'"
            " && document.body.textContent"
        )
        return json.loads(WebDriverWait(self.driver, 30).until(text))

    def get(self, path):
        self.driver.get(self.base + path)
        return self.shown()

    def fill(self, which, fields):
        self.driver.get(self.base + "/")
        form = self.driver.find_element(By.ID, which)
        for name, value in fields:
            element = form.find_element(By.NAME, name)
            # chromedriver does not type what lies beyond the basic plane.
            self.driver.execute_script("arguments[0].value = arguments[1]", element, value)
        return form

    def send(self, form):
        form.find_element(By.TAG_NAME, "button").click()
        return self.shown()

    def fetch(self, path, options):
        script = """
            const [path, options, done] = arguments;
            fetch(path, options).then(async answer => {
                const bytes = new Uint8Array(await answer.arrayBuffer());
                let text = '';
                for (const byte of bytes) text += String.fromCharCode(byte);
                done([answer.status, Object.fromEntries(answer.headers), btoa(text)]);
            }, error => done([0, {}, String(error)]));
        """
        status, headers, content = self.driver.execute_async_script(script, path, options)
        if status == 0:
            raise AssertionError(content)
        return status, headers, base64.b64decode(content)

    def json(self, value):
        self.driver.get(self.base + "/")
        options = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": json.dumps(value)}
        return json.loads(self.fetch("/json", options)[2])

    def post_hop(self, code, body):
        self.driver.get(self.base + "/")
        return json.loads(self.fetch(f"/hop/{code}", {"method": "POST", "body": body})[2])

    def resume(self, path, target, whole):
        self.driver.get(self.base + "/")
        end = len(whole) // 3
        options = {"headers": {"Range": f"bytes=0-{end - 1}"}, "cache": "no-store"}
        status, headers, first = self.fetch(path, options)
        same(status, 206, "the status of the first part")
        options["headers"] = {"Range": f"bytes={end}-", "If-Range": headers["etag"]}
        status, headers, rest = self.fetch(path, options)
        same(status, 206, "the status of the rest")
        return first + rest


def forms(client):
    answer = client.form(FIELDS)
    same(answer, {"method": "POST", "fields": [list(field) for field in FIELDS], "files": []}, "the form")


def described(paths):
    files = []
    for path in paths:
        with open(path, "rb") as file:
            content = file.read()
        name = os.path.basename(path)
        files.append({"name": "upload", "filename": name, "length": len(content), "sum": sum(content)})
    return files


def without_safe(files):
    for file in files:
        if "/" in file["safe"] or file["safe"].startswith("."):
            raise AssertionError(f"an unsafe name: {file}")
    return [{key: value for key, value in file.items() if key != "safe"} for file in files]


def uploads(client, paths):
    answer = client.upload(FIELDS, paths)
    same(answer["fields"], [list(field) for field in FIELDS], "the fields")
    same(without_safe(answer["files"]), described(paths), "the files")


def browser_forms(client):
    form = client.fill("plain", [("text", TEXT), ("lines", "one\ntwo\r\nthree")])
    for option in ("a", "c"):
        Select(form.find_element(By.NAME, "many")).select_by_visible_text(option)
    form.find_element(By.NAME, "box").click()
    want = [["text", TEXT], ["lines", "one\r\ntwo\r\nthree"], ["many", "a"], ["many", "c"], ["box", "on"]]
    same(sorted(client.send(form)["fields"]), sorted(want), "the form")


def browser_uploads(client, paths):
    form = client.fill("files", [("text", TEXT), ("lines", "one\ntwo")])
    form.find_element(By.NAME, "upload").send_keys("\n".join(paths))
    answer = client.send(form)
    same(answer["fields"], [["text", TEXT], ["lines", "one\r\ntwo"]], "the fields")
    none = {"name": "none", "filename": "", "length": 0, "sum": 0}
    same(without_safe(answer["files"]), [*described(paths), none], "the files")


def json_bodies(client):
    same(client.json(VALUE), VALUE, "the value")


def redirects(client):
    # A chain: each hop leads to the next.
    chain = "/hop/301?to=/hop/302?to=/hop/308"
    same(client.get(chain), {"code": 308, "method": "GET", "body": ""}, "the end of the chain")
    for code, method, body in [(303, "GET", ""), (307, "POST", "kept"), (308, "POST", "kept")]:
        answer = client.post_hop(code, "kept")
        same(answer, {"code": code, "method": method, "body": body}, f"after a {code}")


def cookies(client):
    want = [["plain", "one"], ["quoted", 'a b; c, é'], ["hidden", "two"], ["strict", "three"]]
    for visits in (1, 2, 3):
        answer = client.get("/cookies/set" if visits == 1 else "/cookies")
        same(sorted(answer["cookies"]), sorted(want), f"the cookies of visit {visits}")
        same(answer["visits"], visits, "the visits that the session counts")


def resumes(client, target, whole):
    if client.resume("/file", target, whole) != whole:
        raise AssertionError("the parts are not the whole")


# For programs, and for the browser.
STORIES = [
    [forms, uploads, json_bodies, redirects, cookies, resumes],
    [browser_forms, browser_uploads, json_bodies, redirects, cookies, resumes],
]


def main():
    numbers = random.Random(20260418)
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        whole = numbers.randbytes(700_000)
        with open(os.path.join(folder, "file.bin"), "wb") as file:
            file.write(whole)
        paths = [os.path.join(folder, name) for name in ("Zoë 日本 (1).txt", "large.bin")]
        for path, length in zip(paths, (1000, 600_000)):
            with open(path, "wb") as file:
                file.write(b"\r\n--" + numbers.randbytes(length) + b"\r\n")
        os.environ["CLIENTS_FOLDER"] = folder
        with Server("Carafe", [sys.argv[1]], "clients") as server:
            base = f"http://127.0.0.1:{server.port}"
            clients = {
                "curl": Curl(base, folder),
                "requests": Library(base, requests.Session()),
                "httpx": Library(base, httpx.Client(follow_redirects=True)),
                "chromium": Chromium(base),
            }
            try:
                for name, client in clients.items():
                    target = os.path.join(folder, f"{name}.part")
                    stories = STORIES[isinstance(client, Chromium)]
                    for story in stories:
                        told = {"paths": paths, "target": target, "whole": whole}
                        needs = inspect.signature(story).parameters
                        given = {need: told[need] for need in needs if need != "client"}
                        checks.run(f"{name}: {story.__name__}", functools.partial(story, client, **given))
            finally:
                clients["chromium"].quit()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
