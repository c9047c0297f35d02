//! The cookie session and flashed messages.
//!
//! The session options of the framework come from the scenario's config. Options: `after_session` (an
//! after_request function counts in `session["after"]`), `before_read` (a before_request function reads
//! `session["n"]`).

mod flashes; // flashed messages
mod stages; // stages of a request in which the session is written
mod values; // values of every type

use carafe::prelude::*;
use carafe::sessions::Value;
use carafe::{Ended, ReadyApp};
use serde_json::json;

use crate::support::{Setup, new_app};

pub(crate) fn create_app(setup: &Setup) -> carafe::Result<ReadyApp> {
    let mut app = new_app("sessions", setup)?;
    if setup.flag("before_read") {
        app.before_request(|| {
            session().get_value("n");
        });
    }
    if setup.flag("after_session") {
        app.after_request(|mut response: Response| {
            let after = session().modify("after", |after: &mut i64| {
                *after += 1;
                *after
            })?;
            response.set_header("X-After", &after.to_string())?;
            Ok::<_, Error>(response)
        });
    }
    reading(&mut app);
    writing(&mut app);
    nested(&mut app);
    stages::add(&mut app);
    values::add(&mut app);
    flashes::add(&mut app);
    app.teardown_request(|_: Ended| {
        if request().args().contains("teardown") {
            session().insert("n", 1000)?;
        }
        Ok::<_, Error>(())
    });
    app.build()
}

/// The argument `key` of the query.
fn key() -> carafe::Result<String> {
    Ok(request().args().require("key")?.clone())
}

/// A value that has to be there, as `session[key]` has it.
fn required(key: &str) -> carafe::Result<Value> {
    let missing = || Error::msg(format!("the session has no {key:?}"));
    session().get_value(key).ok_or_else(missing)
}

/// Adds to the number `n`, which starts at zero.
fn count(step: i32) -> carafe::Result<String> {
    let n = match session().get_value("n") {
        None => Value::from(step),
        Some(Value::Int(n)) => (n + i64::from(step)).into(),
        // To Python a truth value is a number too.
        Some(Value::Bool(n)) => (i32::from(n) + step).into(),
        Some(Value::Float(n)) => (n + f64::from(step)).into(),
        Some(_) => return Err(Error::msg("n is no number")),
    };
    session().insert_value("n", n.clone())?;
    Ok(serde_json::to_string(&n)?)
}

fn reading(app: &mut App) {
    app.get("/untouched", || "untouched").endpoint("untouched");
    app.get("/counter", || count(1)).endpoint("counter");
    app.get("/peek", || jsonify(session().get_value("n")))
        .endpoint("peek");
    app.get("/contains", contains);
    app.get("/length", || session().len().to_string())
        .endpoint("length");
    app.get("/keys", keys);
    app.get("/empty", empty);
    app.get("/dump", || jsonify(session().values()))
        .endpoint("dump");
    app.get("/flags", flags);
}

fn contains() -> carafe::Result<&'static str> {
    Ok(if session().contains_key(&key()?) {
        "yes"
    } else {
        "no"
    })
}

fn keys() -> Result {
    let values = session().values();
    let mut keys: Vec<_> = values.keys().collect();
    keys.sort();
    jsonify(keys)
}

fn empty() -> &'static str {
    if session().is_empty() {
        "empty"
    } else {
        "full"
    }
}

fn flags() -> Result {
    let before = session().modified();
    let permanent = session().permanent();
    if request().args().contains("touch") {
        session().insert("touched", true)?;
    }
    jsonify(json!({
        "before": before,
        "after": session().modified(),
        "permanent": permanent,
        "new": session().is_new(),
        "accessed": session().accessed(),
    }))
}

fn writing(app: &mut App) {
    app.route("/set", set_values).methods(["GET", "POST"]);
    app.get("/set-same", set_same);
    app.get("/setdefault", setdefault);
    app.get("/update", update);
    app.get("/pop", pop);
    app.get("/delete", delete);
    app.get("/clear", clear);
    app.get("/clear-then-set", clear_then_set);
    app.get("/permanent/<int:value>", permanent);
    app.get("/unmodify", unmodify);
}

async fn set_values() -> carafe::Result<&'static str> {
    for (key, value) in request().values().await?.items() {
        session().insert_value(key, value)?;
    }
    Ok("set")
}

fn set_same() -> carafe::Result<&'static str> {
    session().insert_value("n", required("n")?)?;
    Ok("same")
}

fn setdefault() -> carafe::Result<String> {
    let request = request();
    let value = session().setdefault(&key()?, request.args().require("value")?)?;
    Ok(match value {
        Value::Str(text) => text.to_string(),
        other => serde_json::to_string(&other)?,
    })
}

fn update() -> carafe::Result<&'static str> {
    let values = json!({"a": 1, "b": [1, 2, {"c": null}], "d": true});
    let Value::Dict(values) = carafe::sessions::to_value(&values)? else {
        return Err(Error::msg("an object is a dictionary"));
    };
    let values = values
        .iter()
        .map(|(key, value)| (key.to_string(), value.clone()));
    session().update(values)?;
    Ok("updated")
}

fn pop() -> Result {
    jsonify(session().remove(&key()?)?)
}

fn delete() -> carafe::Result<&'static str> {
    if session().remove(&key()?)?.is_none() {
        return Err(Error::msg("no such key"));
    }
    Ok("deleted")
}

fn clear() -> carafe::Result<&'static str> {
    session().clear()?;
    Ok("cleared")
}

fn clear_then_set() -> carafe::Result<&'static str> {
    session().clear()?;
    session().insert("n", 100)?;
    Ok("restarted")
}

fn permanent(value: i64) -> carafe::Result<&'static str> {
    session().set_permanent(value != 0)?;
    Ok(if session().permanent() {
        "permanent"
    } else {
        "temporary"
    })
}

fn unmodify() -> carafe::Result<&'static str> {
    session().insert("lost", 1)?;
    session().set_modified(false)?;
    Ok("forgotten")
}

fn nested(app: &mut App) {
    app.get("/nested/start", nested_start);
    app.get("/nested/append", nested_append);
    app.get("/nested/read", || jsonify(required("cart")?))
        .endpoint("nested_read");
}

fn nested_start() -> carafe::Result<&'static str> {
    session().insert("cart", json!({"items": []}))?;
    Ok("started")
}

/// Appends in place, which Flask does not notice: so what Carafe noticed is taken back.
fn nested_append() -> Result {
    let request = request();
    let mut cart = required("cart")?;
    let items = cart
        .as_dict_mut()
        .and_then(|cart| cart.get_mut("items")?.as_list_mut());
    let items = items.ok_or_else(|| Error::msg("the cart has no items"))?;
    items.push(request.args().require("item")?.into());
    let shown = jsonify(&*items);
    let modified = session().modified() || request.args().contains("modified");
    session().insert_value("cart", cart)?;
    session().set_modified(modified)?;
    shown
}
