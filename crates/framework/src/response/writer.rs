//! A body that is written piece by piece. Werkzeug: `Response.stream`.

use std::fmt;
use std::io;

use http::header::CONTENT_LENGTH;

use crate::response::Response;

/// Writes behind what a body holds; the body is whole again when it is dropped.
///
/// What is written goes out when the view has returned. A body that is sent while it is made is a
/// [`Body::stream`](crate::Body::stream).
///
/// *Werkzeug:* `ResponseStream`.
///
/// ```
/// use std::io::Write;
///
/// let mut response = carafe::Response::new("Hello ");
/// write!(response.writer(), "{}!", "World")?;
/// assert_eq!(response.into_text(), "Hello World!");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ResponseWriter<'a> {
    response: &'a mut Response,
    /// What the body holds; none of a stream.
    bytes: Option<Vec<u8>>,
}

impl Response {
    /// Writes behind what the body holds, and forgets the length that was told of it.
    ///
    /// A body that comes as a stream takes nothing: [`data`](Self::data) reads it first.
    ///
    /// *Werkzeug:* `Response.stream`.
    pub fn writer(&mut self) -> ResponseWriter<'_> {
        let bytes = self.body_mut().take_bytes().map(Vec::from);
        ResponseWriter {
            response: self,
            bytes,
        }
    }
}

impl io::Write for ResponseWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.bytes {
            Some(body) => body.write(bytes),
            None => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "nothing can be written behind a body that comes as a stream",
            )),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for ResponseWriter<'_> {
    fn drop(&mut self) {
        if let Some(bytes) = self.bytes.take() {
            self.response.body_mut().put_bytes(bytes.into());
            self.response.headers_mut().remove(CONTENT_LENGTH);
        }
    }
}

impl fmt::Debug for ResponseWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.bytes.as_ref().map(Vec::len);
        write!(f, "ResponseWriter({length:?} bytes)")
    }
}
