//! Any session, as a request holds it.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::cookie::interface::SecureCookieSession;
use crate::null::NullSession;
use crate::session::SessionMixin;

/// A session of any type, as an interface opens it and a request holds it.
///
/// Works like a `Box<dyn SessionMixin>`, but the crate's own sessions are kept in place, so that
/// a request that never looks at its session allocates nothing for it.
pub struct BoxSession(Inner);

enum Inner {
    Cookie(SecureCookieSession),
    Null(NullSession),
    Other(Box<dyn SessionMixin>),
}

impl BoxSession {
    /// Makes a session of a boxed one.
    pub fn from_box(session: Box<dyn SessionMixin>) -> Self {
        Self(Inner::Other(session))
    }
}

impl Deref for BoxSession {
    type Target = dyn SessionMixin;

    fn deref(&self) -> &(dyn SessionMixin + 'static) {
        match &self.0 {
            Inner::Cookie(session) => session,
            Inner::Null(session) => session,
            Inner::Other(session) => &**session,
        }
    }
}

impl DerefMut for BoxSession {
    fn deref_mut(&mut self) -> &mut (dyn SessionMixin + 'static) {
        match &mut self.0 {
            Inner::Cookie(session) => session,
            Inner::Null(session) => session,
            Inner::Other(session) => &mut **session,
        }
    }
}

impl<T: SessionMixin> From<T> for BoxSession {
    fn from(session: T) -> Self {
        // The two types that nearly every request has go without a box.
        let mut session = Some(session);
        let any = &mut session as &mut dyn std::any::Any;
        if let Some(session) = any
            .downcast_mut::<Option<SecureCookieSession>>()
            .and_then(Option::take)
        {
            return Self(Inner::Cookie(session));
        }
        if let Some(session) = any
            .downcast_mut::<Option<NullSession>>()
            .and_then(Option::take)
        {
            return Self(Inner::Null(session));
        }
        match session {
            Some(session) => Self(Inner::Other(Box::new(session))),
            None => Self(Inner::Null(NullSession::new())),
        }
    }
}

impl fmt::Debug for BoxSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
