//! Who asks, by which way, and from which page. Werkzeug: `Request.authorization`, `Request.access_route`,
//! `Request.referrer`, ….

use std::borrow::Cow;

use http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, DATE,
    MAX_FORWARDS, ORIGIN, REFERER, USER_AGENT,
};
use http::{HeaderMap, HeaderName};

use crate::headers::authorization::Authorization;
use crate::headers::date::HttpDate;
use crate::headers::edited;
use crate::headers::header_set::HeaderSet;
use crate::headers::lists::parse_list_header;
use crate::headers::python_text::parse_int;
use crate::request::Request;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

impl Request {
    /// The credentials that the client sent, if they are well-formed.
    ///
    /// *Flask:* `request.authorization`.
    ///
    /// ```
    /// use carafe::prelude::*;
    ///
    /// fn name(request: Request) -> Result<String> {
    ///     let credentials = request.authorization();
    ///     let name = credentials.as_ref().and_then(|credentials| credentials.username());
    ///     Ok(name.ok_or_else(|| HttpError::new(401))?.to_owned())
    /// }
    ///
    /// let mut app = App::new("docs");
    /// app.route("/", name);
    /// let client = app.test_client();
    /// assert_eq!(client.get("/").header("Authorization", "Basic YWRhOngK").send().text(), "ada");
    /// assert_eq!(client.get("/").send().status(), 401);
    /// ```
    pub fn authorization(&self) -> Option<Authorization> {
        Authorization::from_header(&self.text(&AUTHORIZATION)?)
    }

    /// The addresses from the client to this server, as proxies tell them.
    ///
    /// Without any, it is the peer's alone. Whoever asks can make them up, but for as many at the end as there are proxies of yours.
    ///
    /// *Flask:* `request.access_route`.
    pub fn access_route(&self) -> Vec<String> {
        match self.text(&X_FORWARDED_FOR) {
            Some(route) => parse_list_header(&route),
            None => self
                .remote_addr()
                .map(|address| address.ip().to_string())
                .into_iter()
                .collect(),
        }
    }

    /// The page that led the client here.
    ///
    /// *Flask:* `request.referrer`.
    pub fn referrer(&self) -> Option<Cow<'_, str>> {
        self.text(&REFERER)
    }

    /// What the client calls itself.
    ///
    /// *Flask:* `request.user_agent.string`.
    pub fn user_agent(&self) -> Option<Cow<'_, str>> {
        self.text(&USER_AGENT)
    }

    /// When the client made the request.
    ///
    /// *Flask:* `request.date`.
    pub fn date(&self) -> Option<HttpDate> {
        self.moment(&DATE)
    }

    /// How often the request may be passed on.
    ///
    /// *Flask:* `request.max_forwards`.
    pub fn max_forwards(&self) -> Option<i64> {
        parse_int(&self.text(&MAX_FORWARDS)?)
    }

    /// The origin of the page that asks.
    ///
    /// *Flask:* `request.origin`.
    pub fn origin(&self) -> Option<Cow<'_, str>> {
        self.text(&ORIGIN)
    }

    /// The headers that a page of another origin wants to send.
    ///
    /// *Flask:* `request.access_control_request_headers`.
    pub fn access_control_request_headers(&self) -> Option<HeaderSet> {
        let headers: &HeaderMap = self.headers();
        headers
            .contains_key(ACCESS_CONTROL_REQUEST_HEADERS)
            .then(|| edited::read(headers, &ACCESS_CONTROL_REQUEST_HEADERS))
    }

    /// The method that a page of another origin wants to use.
    ///
    /// *Flask:* `request.access_control_request_method`.
    pub fn access_control_request_method(&self) -> Option<Cow<'_, str>> {
        self.text(&ACCESS_CONTROL_REQUEST_METHOD)
    }
}
