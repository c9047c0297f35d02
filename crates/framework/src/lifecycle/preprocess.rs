//! What runs before the view. Flask: `Flask.preprocess_request`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::app::RequestHooks;
use crate::error::{Result, panicked};
use crate::lifecycle::waiting::{For, Step, Waiting};
use crate::maybe_ready::{BoxFuture, Called, call_user};
use crate::request::Request;

/// Runs url_value_preprocessors and then before_request functions: the app's, then those of the blueprints,
/// outermost first. The first function that gives a response ends it.
#[derive(Default)]
pub(super) struct Preprocessing(Next);

#[derive(Clone, Copy, Default)]
enum Next {
    #[default]
    RequestStarted,
    UrlValuePreprocessors,
    BeforeRequest(u32),
}

impl Preprocessing {
    #[inline]
    pub(super) fn go_on(
        &mut self,
        request: &Request,
        hooks: &RequestHooks,
        waiting: &mut Waiting,
    ) -> Result<Step> {
        if let Next::RequestStarted = self.0 {
            self.0 = Next::UrlValuePreprocessors;
            if request.app().signals().request_started.has_receivers() {
                waiting.start(For::Nothing(request_started(request)));
                return Ok(Step::Waits);
            }
        }
        let mut place = match self.0 {
            Next::BeforeRequest(place) => place,
            _ => {
                if !hooks.url_value_preprocessors.is_empty() {
                    url_value_preprocessors(request, hooks)?;
                }
                0
            }
        };
        while let Some(function) = hooks.before_request.get(place as usize) {
            place += 1;
            match call_user(&**function) {
                Called::Ready(early) => {
                    if let Some(response) = early? {
                        return Ok(Step::Answers(response));
                    }
                }
                Called::Waiting(early) => {
                    self.0 = Next::BeforeRequest(place);
                    waiting.start(For::Early(early));
                    return Ok(Step::Waits);
                }
            }
        }
        Ok(Step::Done)
    }
}

#[cold]
fn request_started(request: &Request) -> BoxFuture<'static, Result<()>> {
    let ctx = request.context().clone();
    Box::pin(async move { ctx.app().signals().request_started.emit(&ctx).await })
}

#[cold]
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
