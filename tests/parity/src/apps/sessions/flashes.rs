//! Flashed messages.

use carafe::prelude::*;
use serde_json::json;

pub(super) fn add(app: &mut App) {
    app.get("/flash", flash_message);
    app.get("/flashes", flashes);
    app.get("/flashes/twice", flashes_twice);
    app.get("/flash-and-read", flash_and_read);
    app.get("/flashes/page", flashes_page);
    app.get("/flashes/unread-page", flashes_unread);
}

/// The messages without their categories.
fn messages(flashes: Vec<(String, String)>) -> Vec<String> {
    flashes.into_iter().map(|(_, message)| message).collect()
}

fn flash_message() -> carafe::Result<&'static str> {
    for item in request().args().getlist("m") {
        match item.split_once(':') {
            Some((category, message)) => flash(message, category)?,
            None => flash(item, "message")?,
        }
    }
    Ok("flashed")
}

fn flashes() -> Result {
    let request = request();
    let only: Vec<_> = request
        .args()
        .getlist("only")
        .iter()
        .map(String::as_str)
        .collect();
    let flashes = get_flashed_messages(&only)?;
    match request.args().contains("with") {
        true => jsonify(flashes),
        false => jsonify(messages(flashes)),
    }
}

fn flashes_twice() -> Result {
    let first = messages(get_flashed_messages(&[])?);
    flash("between", "message")?;
    jsonify(json!({"first": first, "second": get_flashed_messages(&[])?}))
}

fn flash_and_read() -> Result {
    flash("now", "info")?;
    jsonify(get_flashed_messages(&[])?)
}

fn flashes_page() -> Result {
    carafe::render_template("sessions/flashes.html", ())
}

fn flashes_unread() -> Result {
    carafe::render_template("sessions/plain.html", ())
}
