//! Answers that send the client elsewhere. Flask: `flask.redirect`.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use crate::error::Result;
use crate::html::escape;
use crate::request::Request;
use crate::response::{IntoResponse, Response};
use crate::uri::{InvalidUri, iri_to_uri};

/// A redirect on its way to become a response.
#[derive(Debug, Clone)]
#[must_use = "a redirect does nothing until the view returns it"]
pub struct Redirect {
    location: String,
    status: StatusCode,
}

/// Sends the client to another URL, with 303 See Other unless told otherwise.
///
/// *Flask:* `flask.redirect`, whose default in the 3.2 line is 303 too.
///
/// ```
/// use carafe::{IntoResponse, redirect};
/// use http::StatusCode;
///
/// let response = redirect("/login").code(StatusCode::FOUND).into_response()?;
/// assert_eq!(response.headers()["location"], "/login");
/// # Ok::<(), carafe::Error>(())
/// ```
pub fn redirect(location: impl Into<String>) -> Redirect {
    Redirect {
        location: location.into(),
        status: StatusCode::SEE_OTHER,
    }
}

/// Sends the client to the URL that it asked for with a slash at its end, with 308 Permanent Redirect unless told
/// otherwise.
///
/// Rules do this of their own accord; this is for views that match any path.
///
/// *Werkzeug:* `append_slash_redirect`.
///
/// ```
/// use carafe::{append_slash_redirect, prelude::*};
///
/// let mut app = App::new("docs");
/// app.route("/<path:page>", |_page: String| append_slash_redirect(&request())).endpoint("page");
/// let response = app.test_client().get("/foo/bar?baz").send();
/// assert_eq!((response.status(), response.header("location")), (308, Some("bar/?baz")));
/// ```
pub fn append_slash_redirect(request: &Request) -> Redirect {
    let path = request.inner().parts().uri.path();
    let tail = path.rsplit('/').next().unwrap_or_default();
    let mut location = match tail {
        "" => "./".to_owned(),
        // What is before a colon would be a scheme.
        tail if tail.contains(':') => format!("./{tail}/"),
        tail => format!("{tail}/"),
    };
    if !request.query_string().is_empty() {
        location.push('?');
        location.push_str(request.query_string());
    }
    redirect(location).code(StatusCode::PERMANENT_REDIRECT)
}

impl Redirect {
    /// Sets the status: 301, 302, 303, 305, 307 or 308.
    pub fn code(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Result<Response> {
        if self.location.contains(['\r', '\n']) {
            return Err(InvalidUri::new("a line break").into());
        }
        let shown = escape(&self.location);
        // As in Flask, hooks see the URL as it was given: it is written in ASCII when it is sent.
        let location = match HeaderValue::from_str(&self.location) {
            Ok(location) => location,
            // A control character, which a header holds in its percent-encoding alone.
            Err(_) => HeaderValue::from_str(&iri_to_uri(&self.location)?)?,
        };
        let mut response = Response::new(format!(
            "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n\
             <p>You should be redirected automatically to the target URL: <a href=\"{shown}\">{shown}</a>. \
             If not, click the link.\n",
        ));
        response.set_status_code(self.status);
        response.headers_mut().insert(LOCATION, location);
        Ok(response)
    }
}
