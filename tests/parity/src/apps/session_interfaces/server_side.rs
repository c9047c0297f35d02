//! Values stay in memory, and the cookie holds an id.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use carafe::sessions::cookie::SetCookie;
use carafe::sessions::{Dict, SessionState};
use carafe::{
    BoxSession, ResponseHead, SessionContext, SessionError, SessionInterface, SessionMixin,
};

use crate::support::Trace;

/// A session that knows its id.
#[derive(Debug)]
struct MemorySession {
    state: SessionState,
    sid: String,
}

impl SessionMixin for MemorySession {
    fn state(&self) -> &SessionState {
        &self.state
    }

    fn state_mut(&mut self) -> &mut SessionState {
        &mut self.state
    }
}

/// Ids count up from `sid-1` in each app instance.
pub(super) struct ServerSide {
    trace: Trace,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    store: HashMap<String, Dict>,
    count: u32,
}

impl ServerSide {
    pub(super) fn new(trace: Trace) -> Self {
        Self {
            trace,
            memory: Mutex::default(),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionInterface for ServerSide {
    async fn open_session(
        &self,
        cx: &SessionContext<'_>,
    ) -> Result<Option<BoxSession>, SessionError> {
        let name = self.cookie_name(cx);
        let sid = cx.request().cookie(&name).unwrap_or_default();
        let mut memory = self.memory();
        let session = match memory.store.get(sid.as_ref()) {
            Some(values) => MemorySession {
                state: SessionState::with_values(values.clone()),
                sid: sid.into_owned(),
            },
            None => {
                memory.count += 1;
                MemorySession {
                    state: SessionState::new().with_new(true),
                    sid: format!("sid-{}", memory.count),
                }
            }
        };
        self.trace.push(format!("open {}", session.sid));
        Ok(Some(session.into()))
    }

    async fn save_session(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        if session.accessed() {
            response.add_vary_cookie();
        }
        let sid = session
            .downcast_ref::<MemorySession>()
            .map(|session| session.sid.clone());
        let sid = sid.unwrap_or_default();
        let cookie =
            SetCookie::new(self.cookie_name(cx), sid.clone()).path(Some(self.cookie_path(cx)));
        if session.is_empty() {
            if session.modified() {
                self.trace.push(format!("drop {sid}"));
                self.memory().store.remove(&sid);
                response.delete_cookie(cookie)?;
            }
            return Ok(());
        }
        if !self.should_set_cookie(cx, session) {
            return Ok(());
        }
        self.trace.push(format!("store {sid}"));
        self.memory().store.insert(sid, session.values().clone());
        let cookie = cookie
            .httponly(self.cookie_httponly(cx))
            .secure(self.cookie_secure(cx))
            .samesite(self.cookie_samesite(cx))
            .expires(self.expiration_time(cx, session));
        response.set_cookie(&cookie)
    }
}
