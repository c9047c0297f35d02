//! Carafe's side of the interop checks: shows its session and changes it as it is told.
//!
//! `python/flask_app.py` is Flask's side, with the same routes.

mod typed; // values as JSON that keeps their types

use carafe::prelude::*;
use serde::Deserialize;
use serde_json::json;

/// What a request wants changed.
#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    clear: bool,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    set: Vec<(String, serde_json::Value)>,
    permanent: Option<bool>,
}

#[derive(Deserialize)]
struct Message {
    category: String,
    message: String,
}

fn read() -> serde_json::Value {
    json!({ "permanent": session().permanent(), "session": typed::encode_dict(&session().values()) })
}

fn change(Json(wanted): Json<Change>) -> Result<serde_json::Value> {
    if wanted.clear {
        session().clear()?;
    }
    for key in &wanted.remove {
        session().remove(key)?;
    }
    for (key, value) in &wanted.set {
        let value = typed::decode(value).ok_or_else(|| HttpError::new(400))?;
        session().insert_value(key, value)?;
    }
    if let Some(permanent) = wanted.permanent {
        session().set_permanent(permanent)?;
    }
    Ok(read())
}

fn add_flash(Json(wanted): Json<Message>) -> Result<&'static str> {
    flash(wanted.message, wanted.category)?;
    Ok("")
}

fn flashes() -> Result<Json<Vec<(String, String)>>> {
    Ok(Json(get_flashed_messages(&[])?))
}

fn main() -> carafe::Result<()> {
    let mut app = carafe::app!();
    app.config.from_prefixed_env("INTEROP")?;
    app.route("/session", read);
    app.route("/session", change).methods(["POST"]);
    app.route("/flash", add_flash).methods(["POST"]);
    app.route("/flashes", flashes);
    app.run()
}
