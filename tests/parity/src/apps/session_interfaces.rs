//! Custom session interfaces, chosen by the option `interface`:
//!
//! - `path_cookie`: cookie name and path follow the first segment of the path
//! - `endpoint`: open_session matches the request and uses the endpoint and its arguments
//! - `none`: open_session returns nothing
//! - `server_side`: values stay in memory, the cookie holds an id
//! - `should_set`: should_set_cookie and expiration_time are overridden
//! - `default`: the framework's own interface
//!
//! Every interface has the routes of a custom converter that reads the session while the URL is being matched.

mod interfaces; // the interfaces of signed cookies
mod server_side; // values in memory

use carafe::ReadyApp;
use carafe::prelude::*;
use carafe::routing::{Converter, ValidationError, Value, Values};
use serde_json::json;

use self::interfaces::{EndpointSession, NoSession, PathCookie, ShouldSet};
use self::server_side::ServerSide;
use crate::support::{Setup, Trace, new_app};

pub(crate) fn create_app(setup: &Setup) -> carafe::Result<ReadyApp> {
    let mut app = new_app("session_interfaces", setup)?;
    let trace = Trace::of(&mut app);
    let kind: Option<String> = setup.option("interface")?;
    match kind.as_deref() {
        Some("path_cookie") => app.session_interface = PathCookie.into(),
        Some("endpoint") => app.session_interface = EndpointSession::new(trace.clone()).into(),
        Some("none") => app.session_interface = NoSession::new(trace.clone()).into(),
        Some("server_side") => app.session_interface = ServerSide::new(trace.clone()).into(),
        Some("should_set") => app.session_interface = ShouldSet.into(),
        _ => {}
    }
    app.url_map.add_converter("owned", move |_| {
        Ok(Owned {
            trace: trace.clone(),
        })
    });

    app.get("/owned/<owned:thing>", owned);
    app.get("/own/<name>", own);
    app.get("/", || "index").endpoint("index");
    for path in ["/set", "/tenant/<tenant>/set"] {
        app.get(path, set_value);
    }
    for path in [
        "/get",
        "/tenant/<tenant>/get",
        "/tenant/<tenant>/<page>/get",
    ] {
        app.get(path, get_value);
    }
    app.get("/flag/<name>/<int:value>", flag);
    app.get("/permanent", permanent);
    for path in ["/clear", "/tenant/<tenant>/clear"] {
        app.get(path, clear);
    }
    app.get("/new", new);
    app.get("/skip", || jsonify(session().get_value("endpoint")))
        .endpoint("skip");
    app.get("/skip-write", skip_write);
    app.get("/slash/", || "slash").endpoint("slash");
    app.error_handler(404, |_: &HttpError| {
        let body = json!({"missing": request().path(), "n": session().get_value("n")});
        (body, 404)
    });
    app.build()
}

/// Matches only names that the session lists in `owned`.
struct Owned {
    trace: Trace,
}

impl Converter for Owned {
    fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
        self.trace.push(format!("convert {text}"));
        let owned: Vec<String> = session().get("owned").unwrap_or_default();
        match owned.iter().position(|name| name == text) {
            Some(place) => Ok(format!("{text}#{place}").into()),
            None => Err(ValidationError::new("not owned")),
        }
    }

    fn to_url(&self, value: &Value<'_>) -> Result<String, ValidationError> {
        let text = value
            .as_str()
            .ok_or(ValidationError::refusal("not a text"))?;
        Ok(text.split('#').next().unwrap_or_default().to_owned())
    }
}

fn owned(thing: String) -> Result {
    let url = url_for!("owned", thing = thing.clone())?;
    jsonify(json!({"thing": thing, "url": url}))
}

fn own(name: String) -> Result {
    jsonify(session().modify("owned", |owned: &mut Vec<String>| {
        owned.push(name);
        owned.clone()
    })?)
}

fn set_value(_: Values<'static>) -> carafe::Result<&'static str> {
    for (key, value) in request().args().items() {
        session().insert_value(key, value)?;
    }
    Ok("set")
}

fn get_value(_: Values<'static>) -> Result {
    jsonify(session().values())
}

fn flag(name: String, value: i64) -> carafe::Result<&'static str> {
    session().insert(&name, value != 0)?;
    Ok("flagged")
}

fn permanent() -> carafe::Result<&'static str> {
    session().set_permanent(true)?;
    Ok("permanent")
}

fn clear(_: Values<'static>) -> carafe::Result<&'static str> {
    session().clear()?;
    Ok("cleared")
}

fn new() -> Result {
    let session = session();
    jsonify(json!({"new": session.is_new(), "modified": session.modified()}))
}

fn skip_write() -> carafe::Result<&'static str> {
    session().insert("x", 1)?;
    Ok("written")
}
