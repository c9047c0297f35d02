//! What a view may return. Flask: `Flask.make_response`.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::error::{Error, HttpError, Result};
use crate::json::Json;
use crate::response::{Body, Response};

/// A value that a view may return.
///
/// | value | answer |
/// | --- | --- |
/// | `&'static str`, `String`, `Vec<u8>`, `Bytes` | 200, `text/html; charset=utf-8` |
/// | [`Json<T>`], `serde_json::Value` | 200, `application/json` |
/// | `(value, status)` | the value's answer with this status |
/// | `(value, headers)`, `(value, status, headers)` | with these headers set |
/// | [`Response`], `http::Response<B>` | itself |
/// | [`HttpError`] | the error's page, without asking error handlers |
/// | `Result<value, error>` | the value, or the error on its way to the handlers |
///
/// *Flask:* `Flask.make_response`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a view",
    label = "a view cannot answer with `{Self}`",
    note = "return text, bytes, `Json<T>`, `Response`, `(value, status)`, `(value, status, headers)` or a `Result` of these",
    note = "a view always answers: there is no response in `()`"
)]
pub trait IntoResponse {
    /// Makes the response.
    ///
    /// # Errors
    /// When the value is an error, or cannot be written as a response.
    fn into_response(self) -> Result<Response>;
}

/// Converts what a view may return into a response.
///
/// *Flask:* `flask.make_response`.
///
/// # Errors
/// When the value is an error, or cannot be written as a response.
pub fn make_response(value: impl IntoResponse) -> Result<Response> {
    value.into_response()
}

macro_rules! bodies {
    ($($body:ty),*) => {$(
        impl IntoResponse for $body {
            fn into_response(self) -> Result<Response> {
                Ok(Response::new(self))
            }
        }
    )*};
}

bodies!(&'static str, String, Vec<u8>, Bytes, &'static [u8], Body);

impl IntoResponse for std::borrow::Cow<'static, str> {
    fn into_response(self) -> Result<Response> {
        self.into_owned().into_response()
    }
}

impl IntoResponse for Response {
    fn into_response(self) -> Result<Response> {
        Ok(self)
    }
}

impl IntoResponse for serde_json::Value {
    fn into_response(self) -> Result<Response> {
        Json(self).into_response()
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Result<Response> {
        self.get_response()
    }
}

impl<T: IntoResponse, E: Into<Error>> IntoResponse for Result<T, E> {
    fn into_response(self) -> Result<Response> {
        self.map_err(Into::into)?.into_response()
    }
}

impl<B> IntoResponse for http::Response<B>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn into_response(self) -> Result<Response> {
        use http_body_util::BodyExt;
        let (parts, body) = self.into_parts();
        let stream = body.into_data_stream();
        let stream = futures_util::StreamExt::map(stream, |chunk| {
            chunk.map_err(|error| Error::msg(error.into().to_string()))
        });
        let mut response = Response::empty(parts.status);
        *response.headers_mut() = parts.headers;
        response.set_body(Body::stream(stream));
        Ok(response)
    }
}

impl<T: IntoResponse> IntoResponse for (T, u16) {
    fn into_response(self) -> Result<Response> {
        let mut response = self.0.into_response()?;
        response.set_status(self.1)?;
        Ok(response)
    }
}

impl<T: IntoResponse> IntoResponse for (T, StatusCode) {
    fn into_response(self) -> Result<Response> {
        let mut response = self.0.into_response()?;
        response.set_status_code(self.1);
        Ok(response)
    }
}

impl<T: IntoResponse, H: IntoHeaders> IntoResponse for (T, H) {
    fn into_response(self) -> Result<Response> {
        let mut response = self.0.into_response()?;
        replace_headers(response.headers_mut(), self.1.into_headers()?);
        Ok(response)
    }
}

impl<T: IntoResponse, H: IntoHeaders> IntoResponse for (T, u16, H) {
    fn into_response(self) -> Result<Response> {
        let mut response = (self.0, self.2).into_response()?;
        response.set_status(self.1)?;
        Ok(response)
    }
}

impl<T: IntoResponse, H: IntoHeaders> IntoResponse for (T, StatusCode, H) {
    fn into_response(self) -> Result<Response> {
        let mut response = (self.0, self.2).into_response()?;
        response.set_status_code(self.1);
        Ok(response)
    }
}

/// Headers in the second or third place of a returned tuple.
///
/// *Flask:* the `headers` of a returned tuple: a dict, a list of pairs or `Headers`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a status nor headers",
    note = "the second place of a returned tuple takes a `u16`, a `StatusCode`, a `HeaderMap` or pairs of texts"
)]
pub trait IntoHeaders {
    /// Makes the headers.
    ///
    /// # Errors
    /// When a name or a value cannot stand in a header.
    fn into_headers(self) -> Result<HeaderMap>;
}

impl IntoHeaders for HeaderMap {
    fn into_headers(self) -> Result<HeaderMap> {
        Ok(self)
    }
}

impl<N: AsRef<str>, V: AsRef<str>, const COUNT: usize> IntoHeaders for [(N, V); COUNT] {
    fn into_headers(self) -> Result<HeaderMap> {
        pairs(self)
    }
}

impl<N: AsRef<str>, V: AsRef<str>> IntoHeaders for Vec<(N, V)> {
    fn into_headers(self) -> Result<HeaderMap> {
        pairs(self)
    }
}

fn pairs<N: AsRef<str>, V: AsRef<str>>(
    pairs: impl IntoIterator<Item = (N, V)>,
) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(
            HeaderName::try_from(name.as_ref())?,
            HeaderValue::from_str(value.as_ref())?,
        );
    }
    Ok(headers)
}

/// Sets headers in place of those of the same names, keeping several of one name.
pub(crate) fn replace_headers(target: &mut HeaderMap, source: HeaderMap) {
    let mut current = None;
    for (name, value) in source {
        match name {
            Some(name) => {
                target.insert(name.clone(), value);
                current = Some(name);
            }
            None => {
                if let Some(name) = &current {
                    target.append(name.clone(), value);
                }
            }
        }
    }
}
