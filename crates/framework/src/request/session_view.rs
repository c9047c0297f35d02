//! The request as session interfaces see it.

use std::borrow::Cow;

use carafe_sessions::{RoutingFailed, SessionRequest};
use http::Method;

use crate::request::Request;
use crate::view::plain_json;

impl SessionRequest for Request {
    fn cookie(&self, name: &str) -> Option<Cow<'_, str>> {
        Request::cookie(self, name)
    }

    fn method(&self) -> &Method {
        Request::method(self)
    }

    fn path(&self) -> Cow<'_, str> {
        Request::path(self).into()
    }

    fn url(&self) -> Cow<'_, str> {
        Request::url(self).into()
    }

    fn host(&self) -> Cow<'_, str> {
        Request::host(self)
    }

    fn is_secure(&self) -> bool {
        Request::is_secure(self)
    }

    fn match_request(&self) -> Result<(), RoutingFailed> {
        Request::match_request(self)
            .map(|_| ())
            .map_err(|_| RoutingFailed)
    }

    fn endpoint(&self) -> Option<Cow<'_, str>> {
        Request::endpoint(self).map(Into::into)
    }

    fn view_arg(&self, name: &str) -> Option<Cow<'_, str>> {
        let values = self.view_args_borrowed();
        let value = values.get(name)?;
        Some(match value.as_str() {
            Some(text) => text.to_owned().into(),
            None => plain_text(value)?.into(),
        })
    }

    fn view_arg_names(&self) -> Vec<Cow<'_, str>> {
        self.view_args_borrowed()
            .iter()
            .map(|(name, _)| name.to_owned().into())
            .collect()
    }
}

/// The text of a value as URLs have it.
fn plain_text(value: &carafe_routing::Value<'_>) -> Option<String> {
    match plain_json(value) {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}
