"""The same routes in Flask."""

from flask import Flask, jsonify, render_template, request, session

ROWS = [{"id": n, "name": f"Cup & saucer {n}"} for n in range(50)]

app = Flask(__name__, template_folder="../templates")
app.secret_key = "benchmark"


@app.get("/plaintext")
def plaintext():
    return "Hello, World!"


@app.get("/json")
def json():
    return jsonify(message="Hello, World!")


@app.get("/user/<int:id>")
def user(id):
    return f"User {id}"


@app.post("/echo")
def echo():
    return jsonify(request.get_json())


@app.get("/session")
def count():
    session["count"] = session.get("count", 0) + 1
    return str(session["count"])


@app.get("/template")
def template():
    return render_template("rows.html", title="Cups & saucers", rows=ROWS)


for n in range(100):
    app.add_url_rule(f"/section{n}/items", f"items{n}", plaintext)
    app.add_url_rule(f"/section{n}/items/<int:id>", f"item{n}", user)
