//! A client with one cookie, and the app that it visits.

use std::borrow::Cow;
use std::sync::Mutex;

use http::{HeaderMap, Method, StatusCode, header};

use crate::error::SessionError;
use crate::host::{ResponseHead, RoutingFailed, SessionConfig, SessionContext, SessionRequest};
use crate::interface::SessionInterface;
use crate::server_side::{ServerSideSessionInterface, SessionStore};
use crate::session::BoxSession;

/// A client that remembers its session's cookie.
pub(super) struct Visitor {
    cookie: Mutex<Option<String>>,
}

impl Visitor {
    pub(super) fn new() -> Self {
        Self::with_cookie(None)
    }

    pub(super) fn with_cookie(cookie: Option<String>) -> Self {
        Self {
            cookie: Mutex::new(cookie),
        }
    }

    /// Returns the cookie that the client would send.
    pub(super) fn cookie_value(&self) -> Option<String> {
        match self.cookie.lock() {
            Ok(cookie) => cookie.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    pub(super) async fn open<S: SessionStore>(
        &self,
        interface: &ServerSideSessionInterface<S>,
    ) -> Result<BoxSession, SessionError> {
        let cx = SessionContext::new(&App, self);
        let session = interface.open_session(&cx).await?;
        Ok(session.unwrap_or_else(|| interface.make_null_session(&cx)))
    }

    /// Saves the session and keeps the cookie that the response sets.
    pub(super) async fn save<S: SessionStore>(
        &self,
        interface: &ServerSideSessionInterface<S>,
        mut session: BoxSession,
    ) -> Result<(), SessionError> {
        let cx = SessionContext::new(&App, self);
        let mut headers = HeaderMap::new();
        let mut response = ResponseHead::new(StatusCode::OK, &mut headers);
        interface
            .save_session(&cx, &mut *session, &mut response)
            .await?;
        let Some(set) = headers
            .get(header::SET_COOKIE)
            .and_then(|set| set.to_str().ok())
        else {
            return Ok(());
        };
        let value = set
            .split(';')
            .next()
            .and_then(|pair| pair.split_once('='))
            .map(|(_, value)| value.to_owned());
        if let Ok(mut cookie) = self.cookie.lock() {
            *cookie = value.filter(|value| !value.is_empty());
        }
        Ok(())
    }

    /// Opens, changes and saves the session in one request.
    pub(super) async fn visit<S: SessionStore>(
        &self,
        interface: &ServerSideSessionInterface<S>,
        view: impl FnOnce(&mut BoxSession) -> Result<(), SessionError> + Send,
    ) -> Result<(), SessionError> {
        let mut session = self.open(interface).await?;
        view(&mut session)?;
        self.save(interface, session).await
    }
}

/// An app with nothing but Flask's defaults.
struct App;

impl SessionConfig for App {
    fn secret_key(&self) -> Option<&[u8]> {
        Some(b"acceptance")
    }
}

impl SessionRequest for Visitor {
    fn cookie(&self, name: &str) -> Option<Cow<'_, str>> {
        self.cookie_value()
            .filter(|_| name == "session")
            .map(Cow::Owned)
    }

    fn method(&self) -> &Method {
        &Method::GET
    }

    fn path(&self) -> Cow<'_, str> {
        "/".into()
    }

    fn url(&self) -> Cow<'_, str> {
        "http://localhost/".into()
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
