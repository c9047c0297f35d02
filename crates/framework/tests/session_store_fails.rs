//! A session interface whose store fails: what the client gets when it opens, and when it saves.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use carafe::prelude::*;
use carafe::sessions::{SessionErrorKind, SessionState};
use carafe::{
    BoxSession, ResponseHead, SessionContext, SessionError, SessionInterface, SessionMixin,
};

/// Fails at one of its two steps.
struct Failing {
    opens: bool,
}

#[derive(Debug, Default)]
struct Plain(SessionState);

impl SessionMixin for Plain {
    fn state(&self) -> &SessionState {
        &self.0
    }

    fn state_mut(&mut self) -> &mut SessionState {
        &mut self.0
    }
}

fn down() -> SessionError {
    SessionError::new(
        SessionErrorKind::Store,
        "nobody answers at the store's address",
    )
}

impl SessionInterface for Failing {
    async fn open_session(
        &self,
        _cx: &SessionContext<'_>,
    ) -> Result<Option<BoxSession>, SessionError> {
        match self.opens {
            true => Ok(Some(Plain::default().into())),
            false => Err(down()),
        }
    }

    async fn save_session(
        &self,
        _cx: &SessionContext<'_>,
        _session: &mut dyn SessionMixin,
        _response: &mut ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        Err(down())
    }
}

fn status(interface: Failing) -> u16 {
    let mut app = App::new("store");
    app.session_interface = interface.into();
    app.route("/", || "answered").endpoint("index");
    app.test_client().get("/").send().status()
}

#[test]
fn a_session_that_cannot_be_opened_is_a_503() {
    assert_eq!(status(Failing { opens: false }), 503);
}

#[test]
fn a_session_that_cannot_be_saved_is_a_500() {
    assert_eq!(status(Failing { opens: true }), 500);
}
