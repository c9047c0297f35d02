//! What runs before the view. Flask: `Flask.preprocess_request`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Result, panicked};
use crate::maybe_ready::call_user;
use crate::request::Request;
use crate::response::Response;

/// Runs url_value_preprocessors and then before_request functions: the app's, then those of the blueprints,
/// outermost first. The first function that gives a response ends it.
pub(crate) async fn preprocess_request(request: &Request) -> Result<Option<Response>> {
    let app = request.app();
    let started = &app.signals().request_started;
    if started.has_receivers() {
        Box::pin(started.emit(request.context())).await?;
    }
    let rule = request.rule_entry();
    url_value_preprocessors(request)?;
    for hooks in app.scopes_inwards(rule) {
        for function in &hooks.before_request {
            if let Some(response) = call_user(&**function).await? {
                return Ok(Some(response));
            }
        }
    }
    Ok(None)
}

fn url_value_preprocessors(request: &Request) -> Result<()> {
    let functions = || {
        let scopes = request.app().scopes_inwards(request.rule_entry());
        scopes.flat_map(|hooks| &hooks.url_value_preprocessors)
    };
    if functions().next().is_none() {
        return Ok(());
    }
    let mut values = request.view_args();
    for function in functions() {
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
