//! Interfaces that keep the signed cookie and override some of its behavior.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use carafe::sessions::cookie::behavior;
use carafe::sessions::{SameSite, Value};
use carafe::{
    BoxSession, ResponseHead, SecureCookieSessionInterface, SessionContext, SessionError,
    SessionMixin,
};

use crate::support::Trace;

/// Cookie name and path follow the first segment of the path.
pub(super) struct PathCookie;

/// The tenant that a path belongs to.
fn tenant(path: &str) -> Option<&str> {
    path.trim_matches('/')
        .strip_prefix("tenant/")?
        .split('/')
        .next()
}

impl SecureCookieSessionInterface for PathCookie {
    fn cookie_name<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
        match tenant(&cx.request().path()) {
            Some(tenant) => format!("session_{tenant}").into(),
            None => cx.config().session_cookie_name().into(),
        }
    }

    fn cookie_path<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
        match tenant(&cx.request().path()) {
            Some(tenant) => format!("/tenant/{tenant}").into(),
            None => cx.cookie_path().into(),
        }
    }
}

/// Matches the request before it opens the session, and notes the endpoint and its arguments there.
pub(super) struct EndpointSession {
    trace: Trace,
}

impl EndpointSession {
    pub(super) fn new(trace: Trace) -> Self {
        Self { trace }
    }
}

impl SecureCookieSessionInterface for EndpointSession {
    fn open_session(&self, cx: &SessionContext<'_>) -> Result<Option<BoxSession>, SessionError> {
        let request = cx.request();
        let endpoint = || request.endpoint().unwrap_or("-".into());
        self.trace.push(format!("open before={}", endpoint()));
        // A request that matches no rule still has a session.
        let _ = request.match_request();
        self.trace.push(format!("open after={}", endpoint()));
        if request.endpoint().as_deref() == Some("skip") {
            return Ok(None);
        }
        let mut opened = behavior::open_session(self, cx)?;
        if let (Some(session), Some(endpoint)) = (&mut opened, request.endpoint()) {
            let mut args = request.view_arg_names();
            args.sort();
            session.insert("endpoint", endpoint)?;
            session.insert("args", args)?;
            session.set_modified(false);
        }
        Ok(opened)
    }

    fn save_session(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        self.trace
            .push(format!("save modified={}", u8::from(session.modified())));
        behavior::save_session(self, cx, session, response)
    }
}

/// Opens no session.
pub(super) struct NoSession {
    trace: Trace,
}

impl NoSession {
    pub(super) fn new(trace: Trace) -> Self {
        Self { trace }
    }
}

impl SecureCookieSessionInterface for NoSession {
    fn open_session(&self, _: &SessionContext<'_>) -> Result<Option<BoxSession>, SessionError> {
        self.trace.push("open");
        Ok(None)
    }

    fn save_session(
        &self,
        _: &SessionContext<'_>,
        _: &mut dyn SessionMixin,
        _: &mut ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        self.trace.push("save");
        Ok(())
    }
}

/// Never sets a cookie while `session["quiet"]` is true, always otherwise; a session with `forever` expires at
/// a fixed date.
pub(super) struct ShouldSet;

fn is_set(session: &dyn SessionMixin, key: &str) -> bool {
    session.get_value(key).is_some_and(Value::is_truthy)
}

impl SecureCookieSessionInterface for ShouldSet {
    fn should_set_cookie(&self, _: &SessionContext<'_>, session: &dyn SessionMixin) -> bool {
        !is_set(session, "quiet")
    }

    fn expiration_time(
        &self,
        cx: &SessionContext<'_>,
        session: &dyn SessionMixin,
    ) -> Option<SystemTime> {
        /// The start of the year 2050.
        const END: Duration = Duration::from_secs(2_524_608_000);
        match is_set(session, "forever") {
            true => Some(UNIX_EPOCH + END),
            false => cx.expiration_time(session),
        }
    }

    fn cookie_samesite(&self, _: &SessionContext<'_>) -> Option<SameSite> {
        Some(SameSite::Strict)
    }
}
