//! The journey of a request, one file a step. Flask: `Flask.wsgi_app`, `Flask.full_dispatch_request`.

mod push; // make the context current, open the session, match the URL
mod preprocess; // url_value_preprocessors, before_request
mod dispatch; // routing errors, automatic OPTIONS, the view
mod errors; // which handler answers an error, and the 500 when none does
mod finalize; // make_response, after_request, save_session
mod pop; // teardown: on return, error, panic and drop

use std::future::poll_fn;
use std::task::Poll;

use http::Method;
use http_body::Body as _;

use crate::app::ReadyApp;
use crate::context::{AppContext, Ended, InPlace, Scope, begin_after};
use crate::error::{Error, Result};
use crate::request::{Connection, Request, RequestBody, RequestData};
use crate::response::{Body, Response};

pub(crate) use self::pop::{Pushed, block_on};
pub(crate) use self::push::push;

/// Answers a request: makes its context and runs the journey in it.
///
/// *Flask:* `Flask.wsgi_app`.
pub(crate) fn handle(
    app: ReadyApp,
    request: http::Request<RequestBody>,
    connection: Connection,
) -> impl Future<Output = http::Response<Body>> + Send + 'static {
    let sends_body = request.method() != Method::HEAD;
    let has_body = !request.body().is_end_stream();
    // The context is made before the future begins, which would be as large as the request otherwise.
    let ctx = context(app, request, connection);
    async move {
        let answer = match answer_in(&ctx).await.and_then(Response::finished) {
            Ok(response) if sends_body && response.body().is_streamed() => begin(response).await,
            answer => answer,
        };
        // A stream may still read the body while it is sent.
        if has_body && !matches!(&answer, Ok(response) if response.body().is_streamed()) {
            discard_body(&ctx).await;
        }
        match answer {
            Ok(response) => response.into_http(),
            // An error that leaves the app is the server's to answer: with nothing that the app had prepared.
            Err(error) => errors::answer_of_server(&ctx, &error).into_http(),
        }
    }
}

/// Throws away what has come of a body that nobody read, so that the connection can go on.
async fn discard_body(ctx: &AppContext) {
    poll_fn(|cx| {
        if let Some(request) = ctx.request_data() {
            request.discard_body(cx);
        }
        Poll::Ready(())
    })
    .await;
}

/// Begins a stream, which can still be answered with an error if it fails at once.
async fn begin(mut response: Response) -> Result<Response> {
    poll_fn(|cx| Poll::Ready(response.begin(cx))).await?;
    Ok(response)
}

fn context(
    app: ReadyApp,
    request: http::Request<RequestBody>,
    connection: Connection,
) -> AppContext {
    let data = RequestData::new(&app, request, connection);
    AppContext::new(app, Some(data))
}

/// Answers the request of a context that was not pushed yet, or gives the error that leaves the app.
pub(crate) async fn answer_in(ctx: &AppContext) -> Result<Response> {
    let journey = std::pin::pin!(Some(travel(ctx)));
    let mut response = Scope::new(ctx.clone(), InPlace(journey)).await?;
    begin_after(ctx, &mut response);
    Ok(response)
}

/// Runs the journey in the current context, and gives the error that leaves the app, if one does.
///
/// Its future is moved twice before it begins, so what few requests come to is boxed, here and in the steps.
async fn travel(ctx: &AppContext) -> Result<Response> {
    let Some(request) = Request::of(ctx) else {
        return Err(Error::msg("there is no request to answer"));
    };
    let (pushed, push) = Pushed::new(ctx.clone()).await;
    let answer = match push {
        Ok(()) => full_dispatch_request(&request).await,
        Err(error) => Err(error),
    };
    let (response, ended) = match answer {
        Ok(response) => (Ok(response), Ended::Finished),
        Err(error) => (
            Box::pin(errors::handle_exception(ctx, &error)).await,
            Ended::from(error),
        ),
    };
    pushed.pop(ended).await?;
    response
}

/// Runs hooks, the view and error handlers, and finishes the response.
///
/// *Flask:* `Flask.full_dispatch_request`.
async fn full_dispatch_request(request: &Request) -> Result<Response> {
    let answer = match preprocess::preprocess_request(request).await {
        Ok(Some(response)) => Ok(response),
        Ok(None) => dispatch::dispatch_request(request).await,
        Err(error) => Err(error),
    };
    let response = match answer {
        Ok(response) => response,
        Err(error) => errors::handle_user_exception(request.context(), error).await?,
    };
    finalize::finalize_request(request, response).await
}
