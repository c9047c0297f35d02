"""Flask's side: a program that shows its session and changes it as it is told.

    INTEROP_SECRET_KEY=KEY python flask_app.py --port PORT

`interop-server` is Carafe's side, with the same routes."""

import argparse

from flask import Flask, flash, get_flashed_messages, jsonify, request, session
from werkzeug.serving import WSGIRequestHandler, make_server

import typed

app = Flask(__name__)
app.config.from_prefixed_env("INTEROP")


def shown():
    return jsonify(permanent=session.permanent, session=typed.encode(dict(session)))


@app.get("/session")
def read():
    return shown()


@app.post("/session")
def change():
    wanted = request.get_json()
    if wanted.get("clear"):
        session.clear()
    for key in wanted.get("remove", []):
        session.pop(key, None)
    for key, value in wanted.get("set", []):
        session[key] = typed.decode(value)
    if "permanent" in wanted:
        session.permanent = wanted["permanent"]
    return shown()


@app.post("/flash")
def add_flash():
    wanted = request.get_json()
    flash(wanted["message"], wanted["category"])
    return ""


@app.get("/flashes")
def flashes():
    return jsonify([[c, str(text)] for c, text in get_flashed_messages(with_categories=True)])


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are sent apart; without this the second waits for the client's receipt.
    disable_nagle_algorithm = True

    def log(self, type, message, *args):
        pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Handler)
    server.serve_forever()
