//! Sessions and flashed messages.

use carafe::prelude::*;
use carafe::sessions::Markup;

use crate::{Events, new_app};

#[test]
fn reading_and_writing_the_session_are_told_apart() {
    let events = Events::default();
    let mut app = new_app();
    let seen = events.clone();
    app.teardown_request(move |_: Ended| {
        // `Vary` tells whether the session was used; asking here would use it.
        seen.push(session().modified().to_string());
    });
    app.post("/", async || {
        let request = request();
        session().insert("value", request.form().await?.require("value")?)?;
        Ok::<_, Error>("value set")
    })
    .endpoint("set");
    app.get("/", || session().get::<String>("value").unwrap_or_default())
        .endpoint("get");
    app.get("/nothing", || "").endpoint("nothing");
    let client = app.test_client();
    let nothing = || {
        let response = client.get("/nothing").send();
        assert_eq!(response.header("vary"), None);
    };
    nothing();
    assert_eq!(events.taken(), ["false"]);
    let response = client.post("/").form([("value", "42")]).send();
    assert_eq!(response.text(), "value set");
    assert_eq!(response.header("vary"), Some("Cookie"));
    assert_eq!(events.taken(), ["true"]);
    let response = client.get("/").send();
    assert_eq!(response.text(), "42");
    assert_eq!(response.header("vary"), Some("Cookie"));
    assert_eq!(events.taken(), ["false"]);
    nothing();
    assert_eq!(events.taken(), ["false"]);
}

fn app_that_sets() -> App {
    let mut app = new_app();
    app.route("/", || session().insert("testing", 42).map(|()| "set"))
        .endpoint("index");
    app.route("/clear", || session().remove("testing").map(|_| "cleared"))
        .endpoint("clear");
    app
}

#[test]
fn the_cookies_path_is_the_application_root() {
    let mut app = app_that_sets();
    app.config.application_root("/foo");
    let response = app
        .test_client()
        .get("/")
        .base_url("http://example.com:8080/foo")
        .send();
    let cookie = response.header("set-cookie").unwrap();
    assert!(cookie.to_lowercase().contains("path=/foo"), "{cookie}");
}

#[test]
fn the_cookie_is_set_and_deleted_as_configured() {
    let mut app = app_that_sets();
    app.config
        .server_name("www.example.com:8080")
        .application_root("/test")
        .session_cookie_domain(".example.com")
        .session_cookie_httponly(false)
        .session_cookie_secure(true)
        .session_cookie_partitioned(true)
        .session_cookie_samesite("Lax")
        .session_cookie_path("/");
    let client = app.test_client();
    let cookie = |path| {
        let request = client
            .get(path)
            .base_url("https://www.example.com:8080/test/");
        let response = request.send();
        response.header("set-cookie").unwrap().to_lowercase()
    };
    for (path, start) in [("/", "session=ey"), ("/clear", "session=;")] {
        let cookie = cookie(path);
        assert!(cookie.starts_with(start), "{cookie}");
        for part in [
            "domain=example.com",
            "path=/;",
            "secure",
            "samesite=lax",
            "partitioned",
        ] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.contains("httponly"), "{cookie}");
    }
}

#[test]
fn a_session_without_a_key_can_be_read_and_refuses_changes() {
    let mut app = App::new("flask_test");
    app.config.testing(true);
    let ctx = app
        .build()
        .unwrap()
        .test_request_context("/")
        .build()
        .unwrap();
    let _guard = ctx.push().unwrap();
    assert_eq!(session().get::<i64>("missing_key"), None);
    let refused = session().insert("foo", 42).unwrap_err().to_string();
    assert!(refused.contains("session is unavailable"), "{refused}");
    let refused = session().remove("foo").unwrap_err().to_string();
    assert!(refused.contains("session is unavailable"), "{refused}");
}

#[test]
fn flashing_marks_the_session_as_modified() {
    let ctx = new_app()
        .build()
        .unwrap()
        .test_request_context("/")
        .build()
        .unwrap();
    let _guard = ctx.push().unwrap();
    assert!(!session().modified());
    flash("Zap", "message").unwrap();
    session().set_modified(false).unwrap();
    flash("Zip", "message").unwrap();
    assert!(session().modified());
    let pair = |text: &str| ("message".to_owned(), text.to_owned());
    assert_eq!(
        get_flashed_messages(&[]).unwrap(),
        [pair("Zap"), pair("Zip")]
    );
}

#[test]
fn flashed_messages_are_chosen_by_their_categories() {
    let mut app = new_app();
    app.route("/", || -> Result<&'static str> {
        flash("Hello World", "message")?;
        flash("Hello World", "error")?;
        flash(Markup::new("<em>Testing</em>"), "warning")?;
        Ok("")
    })
    .endpoint("index");
    app.route("/shown", || -> Result {
        let filter = request().args().getlist("only").to_vec();
        let filter: Vec<_> = filter.iter().map(String::as_str).collect();
        jsonify(get_flashed_messages(&filter)?)
    })
    .endpoint("shown");
    let app = app.build().unwrap();
    let shown = |query: &str| -> Vec<(String, String)> {
        let client = app.test_client();
        client.get("/").send();
        client.get(&format!("/shown{query}")).send().json()
    };
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(category, text)| (category.to_string(), text.to_string()))
            .collect()
    };
    let plain = ("message", "Hello World");
    let marked = ("warning", "<em>Testing</em>");
    assert_eq!(shown(""), pairs(&[plain, ("error", "Hello World"), marked]));
    assert_eq!(shown("?only=message"), pairs(&[plain]));
    assert_eq!(shown("?only=message&only=warning"), pairs(&[plain, marked]));
}
