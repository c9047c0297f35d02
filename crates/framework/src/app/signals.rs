//! The signals of an app. Flask: `flask.signals`.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use http::{HeaderMap, StatusCode};

use crate::context::{AppContext, Ended};
use crate::error::{Error, Result, panicked};
use crate::response::Response;
use crate::signals::{Immediate, Signal};

/// The signals that tell of an app's work; nothing is paid for one that nobody listens to.
///
/// Receivers get the values named here and read the rest from the current context. They can be connected
/// during set-up and at any time later.
///
/// *Flask:* the signals of `flask`, which are one set for all apps.
#[derive(Debug, Clone)]
pub struct Signals {
    /// A context has become current.
    pub appcontext_pushed: Signal<AppContext>,
    /// A context is not current any more.
    pub appcontext_popped: Signal<AppContext>,
    /// A context ends; told why.
    pub appcontext_tearing_down: Signal<Ended>,
    /// A request begins: before any hook.
    pub request_started: Signal<AppContext>,
    /// A response is ready to be sent.
    pub request_finished: Signal<FinishedResponse>,
    /// A request ends; told why.
    pub request_tearing_down: Signal<Ended>,
    /// An error was not handled.
    pub got_request_exception: Signal<Error>,
    /// A message was flashed.
    pub message_flashed: Signal<FlashedMessage, Immediate>,
    /// A template is about to be rendered.
    #[cfg(feature = "templates")]
    pub before_render_template: Signal<crate::templating::RenderedTemplate, Immediate>,
    /// A template was rendered.
    #[cfg(feature = "templates")]
    pub template_rendered: Signal<crate::templating::RenderedTemplate, Immediate>,
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            appcontext_pushed: Signal::new("appcontext_pushed"),
            appcontext_popped: Signal::new("appcontext_popped"),
            appcontext_tearing_down: Signal::new("appcontext_tearing_down"),
            request_started: Signal::new("request_started"),
            request_finished: Signal::new("request_finished"),
            request_tearing_down: Signal::new("request_tearing_down"),
            got_request_exception: Signal::new("got_request_exception"),
            message_flashed: Signal::immediate("message_flashed"),
            #[cfg(feature = "templates")]
            before_render_template: Signal::immediate("before_render_template"),
            #[cfg(feature = "templates")]
            template_rendered: Signal::immediate("template_rendered"),
        }
    }
}

/// The head of a response that is ready to be sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FinishedResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
}

impl FinishedResponse {
    pub(crate) fn of(response: &Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
        }
    }
}

/// A message that was flashed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FlashedMessage {
    /// The message.
    pub message: String,
    /// Its category.
    pub category: String,
}

impl FlashedMessage {
    pub(crate) fn new(category: &str, message: &str) -> Self {
        Self {
            message: message.to_owned(),
            category: category.to_owned(),
        }
    }
}

impl<P: ?Sized + Sync> Signal<P> {
    /// Tells all receivers; the failure or panic of one is the error of the step that told them.
    pub(crate) async fn emit(&self, payload: &P) -> Result<()> {
        if !self.has_receivers() {
            return Ok(());
        }
        match AssertUnwindSafe(self.send_async(payload))
            .catch_unwind()
            .await
        {
            Ok(told) => told.map_err(Error::from_boxed),
            Err(payload) => Err(panicked(payload)),
        }
    }
}
