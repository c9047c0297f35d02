//! An app and a request around a session.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test takes what it needs, and may stop at what is missing"
)]

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use carafe_sessions::{
    AnySessionInterface, BoxSession, MaybeReady, ResponseHead, RoutingFailed, SessionConfig,
    SessionContext, SessionError, SessionRequest,
};
use http::{HeaderMap, Method, StatusCode, header};

pub(crate) struct App {
    pub(crate) secret_key: Option<Vec<u8>>,
    pub(crate) fallbacks: Vec<Vec<u8>>,
    pub(crate) refresh_each_request: bool,
    pub(crate) lifetime: Duration,
    pub(crate) now: SystemTime,
}

impl Default for App {
    fn default() -> Self {
        Self {
            secret_key: Some(b"dev secret".to_vec()),
            fallbacks: Vec::new(),
            refresh_each_request: true,
            lifetime: Duration::from_secs(31 * 24 * 60 * 60),
            now: UNIX_EPOCH + Duration::from_secs(1_776_500_000),
        }
    }
}

impl SessionConfig for App {
    fn secret_key(&self) -> Option<&[u8]> {
        self.secret_key.as_deref()
    }

    fn secret_key_fallbacks(&self) -> &[Vec<u8>] {
        &self.fallbacks
    }

    fn session_refresh_each_request(&self) -> bool {
        self.refresh_each_request
    }

    fn permanent_session_lifetime(&self) -> Duration {
        self.lifetime
    }

    fn now(&self) -> SystemTime {
        self.now
    }
}

#[derive(Default)]
pub(crate) struct Request {
    cookie: Option<String>,
    path: &'static str,
}

impl Request {
    pub(crate) fn with_cookie(cookie: String) -> Self {
        Self {
            cookie: Some(cookie),
            path: "/",
        }
    }

    pub(crate) fn to(path: &'static str) -> Self {
        Self { cookie: None, path }
    }
}

impl SessionRequest for Request {
    fn cookie(&self, _name: &str) -> Option<Cow<'_, str>> {
        self.cookie.as_deref().map(Cow::Borrowed)
    }

    fn method(&self) -> &Method {
        &Method::GET
    }

    fn path(&self) -> Cow<'_, str> {
        self.path.into()
    }

    fn url(&self) -> Cow<'_, str> {
        format!("http://localhost{}", self.path).into()
    }

    fn host(&self) -> Cow<'_, str> {
        "localhost".into()
    }

    fn is_secure(&self) -> bool {
        false
    }

    fn match_request(&self) -> Result<(), RoutingFailed> {
        Ok(())
    }

    fn endpoint(&self) -> Option<Cow<'_, str>> {
        None
    }

    fn view_arg(&self, _name: &str) -> Option<Cow<'_, str>> {
        None
    }

    fn view_arg_names(&self) -> Vec<Cow<'_, str>> {
        Vec::new()
    }
}

/// What saving left in the response.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) set_cookie: Option<String>,
    pub(crate) vary: Option<String>,
}

impl Saved {
    pub(crate) fn cookie_value(&self) -> Option<String> {
        let pair = self.set_cookie.as_deref()?.split(';').next()?;
        pair.split_once('=').map(|(_, value)| value.to_owned())
    }
}

fn ready<T>(answer: MaybeReady<'_, T>) -> T {
    match answer {
        MaybeReady::Ready(answer) => answer.unwrap(),
        MaybeReady::Waiting(_) => panic!("a signed cookie never waits"),
    }
}

pub(crate) fn open(
    interface: &AnySessionInterface,
    app: &App,
    request: &Request,
) -> Result<BoxSession, SessionError> {
    let cx = SessionContext::new(app, request);
    let session = ready(interface.open(&cx))?;
    Ok(session.unwrap_or_else(|| interface.make_null_session(&cx)))
}

pub(crate) fn save(
    interface: &AnySessionInterface,
    app: &App,
    request: &Request,
    mut session: BoxSession,
) -> Saved {
    let cx = SessionContext::new(app, request);
    let mut headers = HeaderMap::new();
    let mut response = ResponseHead::new(StatusCode::OK, &mut headers);
    ready(interface.save(&cx, &mut *session, &mut response)).unwrap();
    let text = |name| {
        let value = headers.get(name)?.to_str();
        Some(value.unwrap().to_owned())
    };
    Saved {
        set_cookie: text(header::SET_COOKIE),
        vary: text(header::VARY),
    }
}
