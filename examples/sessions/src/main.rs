//! Sessions: the default one, one whose cookie's name depends on the path, and one that matches the URL early.
//!
//! `cargo run -p example-sessions -- --port 5000`, with `INTERFACE=path-aware` or `INTERFACE=early-match` for
//! the other two.

use std::borrow::Cow;

use carafe::prelude::*;
use carafe::sessions::cookie::behavior;
use carafe::{
    AnySessionInterface, BoxSession, SecureCookieSessionInterface, SessionContext, SessionError,
};

/// Counts visits, in whatever session the interface gives.
fn count() -> Result<String> {
    let visits = session().get::<u32>("visits").unwrap_or(0) + 1;
    session().insert("visits", visits)?;
    Ok(format!("visit {visits}"))
}

/// Changes a list in place: the change is seen without `session.modified = True`.
fn remember(page: String) -> Result<Json<Vec<String>>> {
    session().modify("pages", |pages: &mut Vec<String>| pages.push(page))?;
    Ok(Json(session().get("pages").unwrap_or_default()))
}

/// What the early match left in the session.
fn where_am_i() -> Json<Option<String>> {
    Json(session().get("endpoint"))
}

/// Gives each tenant, the first part of the path, a cookie of its own: one method is overridden, and what
/// opens and saves the session follows it.
struct PathAware;

impl SecureCookieSessionInterface for PathAware {
    fn cookie_name<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
        let path = cx.request().path();
        match path.split('/').nth(1).filter(|tenant| !tenant.is_empty()) {
            Some(tenant) => format!("session_{tenant}").into(),
            None => cx.config().session_cookie_name().into(),
        }
    }
}

/// Matches the URL before the session is opened, and notes in the session which endpoint it is for.
struct EarlyMatch;

impl SecureCookieSessionInterface for EarlyMatch {
    fn open_session(&self, cx: &SessionContext<'_>) -> Result<Option<BoxSession>, SessionError> {
        let found = cx.request().match_request();
        let mut opened = behavior::open_session(self, cx)?;
        if let (Ok(()), Some(session)) = (found, &mut opened) {
            session.insert("endpoint", cx.request().endpoint())?;
            session.set_modified(false);
        }
        Ok(opened)
    }
}

fn create_app(interface: AnySessionInterface) -> App {
    let mut app = carafe::app!();
    app.config.secret_key("change me");
    app.session_interface = interface;
    app.route("/", count);
    app.route("/<tenant>/count", |_tenant: String| count())
        .endpoint("tenant_count");
    app.route("/remember/<page>", remember);
    app.route("/where", where_am_i);
    app
}

fn main() -> Result<()> {
    let interface = match std::env::var("INTERFACE").as_deref() {
        Ok("path-aware") => PathAware.into(),
        Ok("early-match") => EarlyMatch.into(),
        _ => carafe::sessions::SecureCookie.into(),
    };
    create_app(interface).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_are_counted() {
        let client = create_app(carafe::sessions::SecureCookie.into()).test_client();
        assert_eq!(client.get("/").send().text(), "visit 1");
        assert_eq!(client.get("/").send().text(), "visit 2");
    }

    #[test]
    fn nested_changes_are_seen() {
        let client = create_app(carafe::sessions::SecureCookie.into()).test_client();
        client.get("/remember/a").send();
        assert_eq!(
            client.get("/remember/b").send().json::<Vec<String>>(),
            ["a", "b"]
        );
    }

    #[test]
    fn each_tenant_has_a_cookie_of_its_own() {
        let client = create_app(PathAware.into()).test_client();
        assert_eq!(client.get("/red/count").send().text(), "visit 1");
        assert_eq!(client.get("/blue/count").send().text(), "visit 1");
        assert_eq!(client.get("/red/count").send().text(), "visit 2");
        assert!(client.get_cookie("session_red").is_some());
        assert!(client.get_cookie("session").is_none());
    }

    #[test]
    fn the_endpoint_is_known_when_the_session_is_opened() {
        let client = create_app(EarlyMatch.into()).test_client();
        assert_eq!(client.get("/where").send().json::<String>(), "where_am_i");
    }
}
