//! Stages of a request in which the session is written, and headers of the view that meet those of the session.

use carafe::prelude::*;
use carafe::sessions::cookie::SetCookie;
use carafe::{Body, stream_with_context};
use futures_util::stream::{self, StreamExt};
use http::HeaderName;

use super::count;

pub(super) fn add(app: &mut App) {
    app.get("/after-this", after_this);
    app.get("/abort/<int:code>", aborting);
    app.get("/crash", crash);
    app.get("/stream", stream);
    app.get("/stream-read", stream_read);
    app.post("/login", login);
    app.get("/home", home);
    app.get("/logout", logout);
    app.get("/vary", vary);
    app.get("/own-cookie", || with_cookie("mine", "yours"))
        .endpoint("own_cookie");
    app.get("/override-cookie", || with_cookie("session", "overridden"))
        .endpoint("override_cookie");
}

fn after_this() -> carafe::Result<&'static str> {
    after_this_request(|response: Response| {
        session().insert("late", true)?;
        Ok::<_, Error>(response)
    })?;
    Ok("later")
}

fn aborting(code: u16) -> Result {
    count(1)?;
    match abort(code)? {}
}

fn crash() -> Result {
    count(1)?;
    Err(Error::msg("crash"))
}

fn stream() -> Result {
    let chunks = stream::once(async { Ok::<_, Error>(format!("n={}", count(10)?)) });
    make_response(Body::stream(stream_with_context(chunks)?))
}

fn stream_read() -> Result {
    let n = || session().get::<i64>("n").unwrap_or(0);
    let shown = n();
    let first = stream::once(async move { Ok::<_, Error>(format!("{shown} ")) });
    let chunks = first.chain(stream::once(async move { Ok(n().to_string()) }));
    make_response(Body::stream(stream_with_context(chunks)?))
}

async fn login() -> Result {
    let request = request();
    let user = request.form().await?.require("user")?;
    session().insert("user", user)?;
    flash(format!("hello {user}"), "message")?;
    make_response(redirect(url_for!("home")?))
}

fn home() -> Result {
    carafe::render_template("sessions/home.html", ())
}

fn logout() -> Result {
    session().remove("user")?;
    make_response(redirect(url_for!("home")?))
}

fn vary() -> Result {
    session().get_value("n");
    let mut response = Response::new("vary");
    for name in request().args().getlist("v") {
        response.add_vary(HeaderName::try_from(name)?);
    }
    Ok(response)
}

fn with_cookie(name: &str, value: &str) -> Result {
    session().insert("n", 1)?;
    let mut response = Response::new("cookies");
    response.set_cookie(&SetCookie::new(name, value))?;
    Ok(response)
}
