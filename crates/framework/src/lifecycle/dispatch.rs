//! Calls the view, or answers in its place. Flask: `Flask.dispatch_request`.

use carafe_routing::MatchError;
use http::header::ALLOW;
use http::{HeaderValue, Method, StatusCode};

use crate::app::RuleEntry;
use crate::error::{Error, HttpError, Result};
use crate::lifecycle::waiting::{For, Step, Waiting};
use crate::maybe_ready::{Called, call_user};
use crate::request::{Request, RoutingError};
use crate::response::{IntoResponse, Response, redirect};
use crate::view::Arguments;

/// Answers with the routing error, with the methods for OPTIONS, or with the view of the rule that matched.
#[inline]
pub(super) fn dispatch_request(
    request: &Request,
    rule: Option<&RuleEntry>,
    waiting: &mut Waiting,
) -> Result<Step> {
    let Some(rule) = rule else {
        return Err(routing_exception(request)?);
    };
    if rule.automatic_options && request.method() == Method::OPTIONS {
        return make_default_options_response(request).map(Step::Answers);
    }
    let Some(view) = &rule.view else {
        return Err(no_view(request));
    };
    match call_user(|| view.call(&mut Arguments::new(request))) {
        Called::Ready(response) => response.map(Step::Answers),
        Called::Waiting(response) => {
            waiting.start(For::Response(response));
            Ok(Step::Waits)
        }
    }
}

#[cold]
fn no_view(request: &Request) -> Error {
    Error::msg(format!(
        "the endpoint {:?} has a rule and no view",
        request.endpoint().unwrap_or_default()
    ))
}

/// A redirect is an answer that no error handler sees; any other reason is an error with a status.
#[cold]
fn routing_exception(request: &Request) -> Result<Error> {
    let error = match request.match_request() {
        Ok(_) => return Err(Error::msg("the rule is not one of the app's")),
        Err(error) => error,
    };
    let RoutingError::NoMatch(MatchError::RequestRedirect { url, code, .. }) = error else {
        return Ok(error.to_http_error().into());
    };
    let response = redirect(url.as_str())
        .code(StatusCode::from_u16(*code)?)
        .into_response()?;
    Ok(HttpError::routing(*code, response).into())
}

/// Answers OPTIONS with the methods of the URL.
///
/// *Flask:* `Flask.make_default_options_response`.
#[cold]
fn make_default_options_response(request: &Request) -> Result<Response> {
    let path = request.inner().path();
    let methods = request.with_url_adapter(|urls| Methods(urls.allowed_methods(path)));
    let mut response = Response::new("");
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_str(&methods.0.join(", "))?);
    Ok(response)
}

/// The methods that a URL allows.
pub(crate) struct Methods(Vec<String>);

impl crate::request::NoAdapter for Methods {
    fn no_adapter() -> Self {
        Self(Vec::new())
    }
}
