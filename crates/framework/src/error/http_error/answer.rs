//! What the client gets of an error: a page with headers, or a ready response.

use std::sync::PoisonError;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};

use crate::error::http_error::Class;
use crate::error::{Error, HttpError, Result};
use crate::html::{self, Escaped};
use crate::response::Response;

impl HttpError {
    /// Returns the headers of the answer: the content type, and what was added.
    ///
    /// *Werkzeug:* `HTTPException.get_headers`.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(1 + self.headers.len());
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        headers
    }

    /// Returns the page that is sent when no error handler answers: HTML, everything in it escaped.
    ///
    /// *Werkzeug:* `HTTPException.get_body`.
    pub fn body(&self) -> String {
        if let Some(body) = &self.body {
            return body.clone();
        }
        let (code, name) = (self.code, Escaped(self.name()));
        let description = html::escape(&self.description()).replace('\n', "<br>");
        format!(
            "<!doctype html>\n<html lang=en>\n<title>{code} {name}</title>\n<h1>{name}</h1>\n\
             <p>{description}</p>\n"
        )
    }
    /// Makes the response that is sent when no error handler answers: the page, or the ready response, which
    /// only the first caller gets.
    ///
    /// *Werkzeug:* `HTTPException.get_response`.
    ///
    /// # Errors
    /// When the code is none that a response can have.
    pub fn get_response(&self) -> Result<Response> {
        let ready = self
            .response
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match ready {
            Some(response) => return Ok(*response),
            None if self.class == Class::Response => {
                return Err(Error::msg("the response of this error was sent already"));
            }
            None => {}
        }
        let mut response = Response::new(self.body());
        response.set_status(self.code)?;
        *response.headers_mut() = self.headers();
        Ok(response)
    }
}
