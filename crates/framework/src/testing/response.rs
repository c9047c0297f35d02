//! What a test client got back. Flask: `werkzeug.test.TestResponse`.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::context::AppContext;

/// A response as a test sees it.
#[derive(Debug, Clone)]
pub struct TestResponse {
    context: AppContext,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    url: String,
    history: Vec<TestResponse>,
}

impl TestResponse {
    pub(crate) fn new(
        context: AppContext,
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
        url: String,
    ) -> Self {
        Self {
            context,
            status,
            headers,
            body,
            url,
            history: Vec::new(),
        }
    }

    pub(crate) fn with_history(mut self, history: Vec<TestResponse>) -> Self {
        self.history = history;
        self
    }

    /// The context of the request, which has ended, to look at its request and at what is in its `g`.
    ///
    /// *Flask:* `with client:`, which keeps the context, and `TestResponse.request`.
    pub fn context(&self) -> &AppContext {
        &self.context
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as text; what is not UTF-8 becomes U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not, or does not fit the type: the test has failed then.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!(
                "the body is not the expected JSON: {error}: {}",
                self.text()
            ),
        }
    }

    /// The URL that was asked for, after redirects.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The redirects that led here, first to last.
    pub fn history(&self) -> &[TestResponse] {
        &self.history
    }
}
