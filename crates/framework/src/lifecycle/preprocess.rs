//! What runs before the view. Flask: `Flask.preprocess_request`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, ready};

use crate::app::RequestHooks;
use crate::error::{Result, panicked};
use crate::maybe_ready::{BoxFuture, Called, call_user, poll_user};
use crate::request::Request;
use crate::response::Response;

/// Runs url_value_preprocessors and then before_request functions: the app's, then those of the blueprints,
/// outermost first. The first function that gives a response ends it.
#[derive(Default)]
pub(super) struct Preprocessing {
    next: Next,
    waiting: Option<BoxFuture<'static, Early>>,
}

/// The response that ends the request, if there is one.
type Early = Result<Option<Response>>;

#[derive(Clone, Copy, Default)]
enum Next {
    #[default]
    RequestStarted,
    UrlValuePreprocessors,
    BeforeRequest(usize),
}

impl Preprocessing {
    pub(super) fn poll(&mut self, request: &Request, cx: &mut Context<'_>) -> Poll<Early> {
        let hooks = request.hooks();
        loop {
            if let Some(waiting) = &mut self.waiting {
                let early = ready!(poll_user(waiting, cx));
                self.waiting = None;
                if let Some(response) = early? {
                    return Poll::Ready(Ok(Some(response)));
                }
            }
            match self.next {
                Next::RequestStarted => {
                    self.next = Next::UrlValuePreprocessors;
                    if request.app().signals().request_started.has_receivers() {
                        self.waiting = Some(request_started(request));
                    }
                }
                Next::UrlValuePreprocessors => {
                    self.next = Next::BeforeRequest(0);
                    if !hooks.url_value_preprocessors.is_empty() {
                        url_value_preprocessors(request, hooks)?;
                    }
                }
                Next::BeforeRequest(place) => {
                    let Some(function) = hooks.before_request.get(place) else {
                        return Poll::Ready(Ok(None));
                    };
                    self.next = Next::BeforeRequest(place + 1);
                    match call_user(&**function) {
                        Called::Ready(Ok(None)) => {}
                        Called::Ready(early) => return Poll::Ready(early),
                        Called::Waiting(early) => self.waiting = Some(early),
                    }
                }
            }
        }
    }
}

fn request_started(request: &Request) -> BoxFuture<'static, Early> {
    let (app, ctx) = (request.app().clone(), request.context().clone());
    Box::pin(async move {
        app.signals().request_started.emit(&ctx).await?;
        Ok(None)
    })
}

fn url_value_preprocessors(request: &Request, hooks: &RequestHooks) -> Result<()> {
    let mut values = request.view_args();
    for function in &hooks.url_value_preprocessors {
        match catch_unwind(AssertUnwindSafe(|| {
            function(request.endpoint(), &mut values)
        })) {
            Ok(answer) => answer?,
            Err(payload) => return Err(panicked(payload)),
        }
    }
    request.set_view_args(values);
    Ok(())
}
