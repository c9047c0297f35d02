//! The control endpoints of the recordings, around whichever app is current.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};

use carafe::{Body, Connection, ReadyApp, RequestBody};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::{Map, Value};
use tower_service::Service;

use crate::apps;
use crate::support::{Setup, Trace};

const SCHEME: HeaderName = HeaderName::from_static("x-parity-scheme");
const SCRIPT_NAME: HeaderName = HeaderName::from_static("x-parity-script-name");

/// The app that a scenario wants.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    pub(crate) app: String,
    #[serde(default)]
    pub(crate) config: Map<String, Value>,
    /// The environment that the app is to be made in.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
}

/// Answers the control endpoints itself and leaves every other request to the current app.
#[derive(Clone)]
pub(crate) struct Harness {
    app: Arc<RwLock<ReadyApp>>,
    fixtures: Arc<PathBuf>,
}

impl Harness {
    pub(crate) fn new(wanted: &Wanted, fixtures: PathBuf) -> carafe::Result<Self> {
        let app = make(wanted, &fixtures)?;
        Ok(Self {
            app: Arc::new(RwLock::new(app)),
            fixtures: Arc::new(fixtures),
        })
    }

    fn app(&self) -> ReadyApp {
        self.app
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn reset(&self, body: RequestBody) -> carafe::Result<Response<Body>> {
        let body = body.collect().await?.to_bytes();
        let app = make(&serde_json::from_slice(&body)?, &self.fixtures)?;
        *self.app.write().unwrap_or_else(PoisonError::into_inner) = app;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }

    fn trace(&self) -> carafe::Result<Response<Body>> {
        let events = self
            .app()
            .state::<Trace>()
            .map(|trace| trace.take())
            .unwrap_or_default();
        let mut response = Response::new(Body::from(serde_json::to_vec(&events)?));
        response.headers_mut().insert(
            http::header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        Ok(response)
    }
}

/// Makes a fresh app.
fn make(wanted: &Wanted, fixtures: &std::path::Path) -> carafe::Result<ReadyApp> {
    let create_app = apps::find(&wanted.app)
        .ok_or_else(|| carafe::Error::msg(format!("there is no app named {:?}", wanted.app)))?;
    create_app(&Setup {
        config: wanted.config.clone(),
        env: wanted.env.clone(),
        fixtures: fixtures.to_owned(),
    })
}

/// What a control endpoint failed with, as the text of a 500.
fn answer(outcome: carafe::Result<Response<Body>>) -> Response<Body> {
    outcome.unwrap_or_else(|error| {
        let mut response = Response::new(Body::from(error.to_string()));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// Takes the recordings' headers off a request and gives the app what they say.
fn apply_headers(request: &mut Request<RequestBody>) {
    let mut connection = request
        .extensions_mut()
        .remove::<Connection>()
        .unwrap_or_default();
    if let Some(scheme) = request.headers_mut().remove(SCHEME) {
        connection = connection.https(scheme == "https");
    }
    if let Some(script_name) = request.headers_mut().remove(SCRIPT_NAME) {
        connection =
            connection.mounted_at(String::from_utf8_lossy(script_name.as_bytes()).into_owned());
    }
    request.extensions_mut().insert(connection);
}

impl Service<Request<RequestBody>> for Harness {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<RequestBody>) -> Self::Future {
        let harness = self.clone();
        match request.uri().path() {
            "/__parity__/reset" => {
                Box::pin(async move { Ok(answer(harness.reset(request.into_body()).await)) })
            }
            "/__parity__/trace" => Box::pin(async move { Ok(answer(harness.trace())) }),
            _ => {
                apply_headers(&mut request);
                harness.app().call(request)
            }
        }
    }
}
