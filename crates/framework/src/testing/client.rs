//! Sends requests without a socket and keeps cookies. Flask: `flask.testing.FlaskClient`.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use carafe_sessions::{ResponseHead, SessionContext, SessionMixin};
use http::header::LOCATION;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt;
use serde::Serialize;

use crate::app::ReadyApp;
use crate::context::{AppContext, SlotGuard};
use crate::error::{Error, Result};
use crate::headers::finish::sends_body;
use crate::lifecycle;
use crate::request::Request;
use crate::runtime::on_a_runtime;
use crate::testing::jar::Jar;
use crate::testing::{RequestBuilder, TestResponse};

/// A client that sends requests to an app without a socket and keeps cookies.
///
/// Requests travel the same code as those of the server, on a runtime of the client's own, so that tests
/// need not be asynchronous. Clones share the cookies.
///
/// *Flask:* `flask.testing.FlaskClient`.
///
/// ```
/// use carafe::prelude::*;
///
/// let mut app = App::new("docs");
/// app.config.secret_key("docs");
/// app.route("/count", || -> Result<String> {
///     let count = session().get::<u32>("count").unwrap_or(0) + 1;
///     session().insert("count", count)?;
///     Ok(count.to_string())
/// })
/// .endpoint("count");
///
/// let client = app.test_client();
/// assert_eq!(client.get("/count").send().text(), "1");
/// assert_eq!(client.get("/count").send().text(), "2");
/// ```
#[derive(Clone)]
pub struct TestClient {
    app: ReadyApp,
    jar: Arc<Mutex<Jar>>,
    use_cookies: bool,
    follow_redirects: bool,
}

/// More redirects than this in a row are a loop.
const MOST_REDIRECTS: usize = 30;

impl TestClient {
    pub(crate) fn new(app: ReadyApp) -> Self {
        Self {
            app,
            jar: Arc::default(),
            use_cookies: true,
            follow_redirects: false,
        }
    }

    /// Keeps no cookies: those of answers are not sent with later requests.
    ///
    /// *Flask:* `app.test_client(use_cookies=False)`.
    #[must_use]
    pub fn without_cookies(mut self) -> Self {
        self.use_cookies = false;
        self
    }

    /// Follows redirects, in all requests.
    #[must_use]
    pub fn follow_redirects(mut self) -> Self {
        self.follow_redirects = true;
        self
    }

    /// The app that is tested.
    pub fn app(&self) -> &ReadyApp {
        &self.app
    }

    /// Starts a request.
    pub fn request(&self, method: Method, target: &str) -> ClientRequest<'_> {
        ClientRequest {
            client: self,
            request: RequestBuilder::new(&self.app, method, target),
            follow_redirects: self.follow_redirects,
        }
    }

    /// Starts a GET request.
    pub fn get(&self, target: &str) -> ClientRequest<'_> {
        self.request(Method::GET, target)
    }

    /// Starts a POST request.
    pub fn post(&self, target: &str) -> ClientRequest<'_> {
        self.request(Method::POST, target)
    }

    /// Starts a PUT request.
    pub fn put(&self, target: &str) -> ClientRequest<'_> {
        self.request(Method::PUT, target)
    }

    /// Starts a PATCH request.
    pub fn patch(&self, target: &str) -> ClientRequest<'_> {
        self.request(Method::PATCH, target)
    }

    /// Starts a DELETE request.
    pub fn delete(&self, target: &str) -> ClientRequest<'_> {
        self.request(Method::DELETE, target)
    }

    /// Starts a HEAD request.
    pub fn head(&self, target: &str) -> ClientRequest<'_> {
        self.request(Method::HEAD, target)
    }

    /// Starts an OPTIONS request.
    pub fn options(&self, target: &str) -> ClientRequest<'_> {
        self.request(Method::OPTIONS, target)
    }

    /// The value of a cookie that the client has for the front page.
    pub fn get_cookie(&self, name: &str) -> Option<String> {
        self.jar().get(
            RequestBuilder::new(&self.app, Method::GET, "/").place().0,
            "/",
            name,
        )
    }

    /// Sets a cookie.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let request = RequestBuilder::new(&self.app, Method::GET, "/");
        self.jar().set(request.place().0, name, value);
    }

    /// Forgets a cookie.
    pub fn delete_cookie(&self, name: &str) {
        let request = RequestBuilder::new(&self.app, Method::GET, "/");
        self.jar().delete(request.place().0, name);
    }

    fn jar(&self) -> std::sync::MutexGuard<'_, Jar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the session that the next request would have, lets a function change it, and saves it.
    ///
    /// *Flask:* `with client.session_transaction() as session:`.
    ///
    /// # Errors
    /// When the session interface fails, or gives no session as there is no secret key, and when the client
    /// keeps no cookies.
    pub fn session_transaction<T>(
        &self,
        change: impl FnOnce(&mut dyn SessionMixin) -> T,
    ) -> Result<T> {
        if !self.use_cookies {
            return Err(Error::msg(
                "a client without cookies has no session to change: make it with `test_client()` alone",
            ));
        }
        let mut builder = RequestBuilder::new(&self.app, Method::GET, "/");
        let (host, path) = (builder.place().0.to_owned(), "/");
        if let Some(cookies) = self.jar().header(&host, path) {
            builder = builder.header("cookie", cookies);
        }
        let (request, connection) = builder.finish()?;
        let ctx = AppContext::of_request(self.app.clone(), request, connection);
        let _slot = SlotGuard::enter(ctx.clone());
        let Some(request) = Request::of(&ctx) else {
            return Err(Error::msg("there is no request"));
        };
        let interface = self.app.session_interface();
        let cx = SessionContext::new(&self.app, &request);
        let opened = lifecycle::block_on(async { interface.open(&cx).await })?;
        let Some(mut session) = opened else {
            return Err(Error::msg("session backend did not open a session"));
        };
        let output = change(&mut *session);
        if !interface.is_null_session(&*session) {
            let mut headers = HeaderMap::new();
            let mut head = ResponseHead::new(StatusCode::OK, &mut headers);
            lifecycle::block_on(async { interface.save(&cx, &mut *session, &mut head).await })?;
            self.jar().store(&host, &headers);
        }
        Ok(output)
    }
}

/// The session of a [`TestClient::session_transaction`].
pub type SessionTransaction<'a> = &'a mut dyn SessionMixin;

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient")
            .field("app", &self.app)
            .finish_non_exhaustive()
    }
}

/// A request that a client is about to send.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct ClientRequest<'a> {
    client: &'a TestClient,
    request: RequestBuilder,
    follow_redirects: bool,
}

impl ClientRequest<'_> {
    /// Changes the request.
    pub fn with(mut self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        self.request = change(self.request);
        self
    }

    /// Adds a header.
    pub fn header(self, name: &str, value: impl ToString) -> Self {
        self.with(|request| request.header(name, value))
    }

    /// Adds an argument to the query.
    pub fn query(self, name: &str, value: impl ToString) -> Self {
        self.with(|request| request.query(name, value))
    }

    /// Sets scheme, host and the path under which the app is mounted.
    pub fn base_url(self, url: &str) -> Self {
        self.with(|request| request.base_url(url))
    }

    /// Puts a subdomain before the host.
    pub fn subdomain(self, subdomain: &str) -> Self {
        self.with(|request| request.subdomain(subdomain))
    }

    /// Sets the body.
    pub fn body(self, body: impl Into<bytes::Bytes>) -> Self {
        self.with(|request| request.body(body))
    }

    /// Sets the body to fields of a form.
    pub fn form<N: AsRef<str>, V: AsRef<str>>(
        self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.with(|request| request.form(fields))
    }

    /// Sets the body to a value as JSON.
    pub fn json<T: Serialize>(self, value: &T) -> Self {
        self.with(|request| request.json(value))
    }

    /// Follows redirects.
    pub fn follow_redirects(mut self) -> Self {
        self.follow_redirects = true;
        self
    }

    /// Sends the request.
    ///
    /// # Panics
    /// With an error that leaves the app, as errors do in testing mode; [`try_send`](Self::try_send) gives it.
    #[track_caller]
    pub fn send(self) -> TestResponse {
        match self.try_send() {
            Ok(response) => response,
            Err(error) => panic!("the request ended with an error: {error}"),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// When an error leaves the app: in testing or debug mode, or with `PROPAGATE_EXCEPTIONS`, one that
    /// nothing handled; always one of a teardown function.
    pub fn try_send(self) -> Result<TestResponse> {
        let client = self.client;
        let mut request = self.request;
        let mut response = exchange(client, request.clone())?;
        if !self.follow_redirects {
            return Ok(response);
        }
        let mut history = Vec::new();
        while let Some(next) = redirected(&request, &response) {
            if history.len() == MOST_REDIRECTS {
                return Err(Error::msg(format!(
                    "more than {MOST_REDIRECTS} redirects, the last to {}",
                    response.url()
                )));
            }
            history.push(response);
            request = next;
            response = exchange(client, request.clone())?;
        }
        Ok(response.with_history(history))
    }
}

/// The request that a redirect asks for.
fn redirected(request: &RequestBuilder, response: &TestResponse) -> Option<RequestBuilder> {
    if !matches!(response.status(), 301 | 302 | 303 | 305 | 307 | 308) {
        return None;
    }
    let location = response.header(LOCATION.as_str())?;
    let whole = match location.starts_with('/') {
        true => {
            let scheme_end = response.url().find("://")? + 3;
            let host_end = response.url()[scheme_end..]
                .find('/')
                .map_or(response.url().len(), |at| scheme_end + at);
            format!("{}{location}", &response.url()[..host_end])
        }
        false => location.to_owned(),
    };
    let keeps_method = matches!(response.status(), 307 | 308);
    Some(request.following(&whole, keeps_method))
}

/// Sends one request and keeps the cookies of its response.
fn exchange(client: &TestClient, mut request: RequestBuilder) -> Result<TestResponse> {
    let (host, path) = request.place();
    let host = host.to_owned();
    if client.use_cookies
        && let Some(cookies) = client.jar().header(&host, &path)
    {
        request = request.header("cookie", cookies);
    }
    let url = request.location();
    let (request, connection) = request.finish()?;
    let method = request.method().clone();
    let ctx = AppContext::of_request(client.app.clone(), request, connection);
    let answer = lifecycle::answer_in(&ctx);
    let after_work = client.app.clone();
    let (parts, body) = on_a_runtime(async move {
        let mut response = answer.await?;
        response.finish()?;
        let response = response.into_http();
        let (parts, body) = response.into_parts();
        let body = if sends_body(&method, parts.status) {
            body.collect().await?.to_bytes()
        } else {
            drop(body);
            bytes::Bytes::new()
        };
        after_work.after_work().done().await;
        Ok::<_, Error>((parts, body))
    })?;
    if client.use_cookies {
        client.jar().store(&host, &parts.headers);
    }
    Ok(TestResponse::new(
        ctx,
        parts.status,
        parts.headers,
        body,
        url,
    ))
}
