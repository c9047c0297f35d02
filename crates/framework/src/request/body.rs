//! The bytes that the client sends.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::{MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;

use crate::context::AppContext;
use crate::error::{Error, HttpError, Result};
use crate::request::{Request, RequestData};

type BoxBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = Error> + Send>>;

/// The body of a request: bytes that are there, or that come from a connection.
#[derive(Default)]
pub struct RequestBody(Inner);

#[derive(Default)]
enum Inner {
    #[default]
    Empty,
    Bytes(Bytes),
    Incoming(Incoming),
    Boxed(BoxBody),
}

impl RequestBody {
    /// A body that comes from another server's connection.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        use http_body_util::BodyExt;
        // A layer that leaves the body alone hands on what this server made.
        let mut body = Some(body);
        if let Some(own) = (&mut body as &mut dyn Any).downcast_mut::<Option<Self>>() {
            return own.take().unwrap_or_default();
        }
        match body {
            Some(body) => Self::boxed(body.map_err(|error| Error::from_boxed(error.into()))),
            None => Self::default(),
        }
    }

    /// A body whose errors are the framework's already.
    pub(crate) fn boxed(
        body: impl http_body::Body<Data = Bytes, Error = Error> + Send + 'static,
    ) -> Self {
        Self(Inner::Boxed(Box::pin(body)))
    }
}

impl From<Incoming> for RequestBody {
    fn from(body: Incoming) -> Self {
        if body.is_end_stream() {
            Self::default()
        } else {
            Self(Inner::Incoming(body))
        }
    }
}

impl From<Bytes> for RequestBody {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() {
            Self::default()
        } else {
            Self(Inner::Bytes(bytes))
        }
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        match &mut self.0 {
            Inner::Empty => Poll::Ready(None),
            Inner::Bytes(_) => match std::mem::take(&mut self.0) {
                Inner::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                _ => Poll::Ready(None),
            },
            // A body that breaks off, or whose framing is wrong, is the client's mistake.
            Inner::Incoming(body) => Pin::new(body)
                .poll_frame(cx)
                .map_err(|error| HttpError::new(400).with_source(error).into()),
            Inner::Boxed(body) => body.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Empty => true,
            Inner::Bytes(bytes) => bytes.is_empty(),
            Inner::Incoming(body) => body.is_end_stream(),
            Inner::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Empty => SizeHint::with_exact(0),
            Inner::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Inner::Incoming(body) => body.size_hint(),
            Inner::Boxed(body) => body.size_hint(),
        }
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestBody({:?} bytes)", self.size_hint().exact())
    }
}

/// How far the body has been read.
pub(crate) enum Reading {
    Waiting(RequestBody),
    /// All of it is here, and stays for whoever asks again.
    Read(Bytes),
    /// The same, and it may be streamed once more.
    Rewound(Bytes),
    /// It is being read, or was handed out as a stream, or reading it failed.
    Taken,
}

impl Default for Reading {
    fn default() -> Self {
        Self::Waiting(RequestBody::default())
    }
}

impl Reading {
    /// Whether it is as it is before a request comes.
    #[inline]
    pub(super) fn is_untouched(&self) -> bool {
        matches!(self, Self::Waiting(RequestBody(Inner::Empty)))
    }
}

/// How [`Request::get_data`] reads the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetData {
    /// Whether to keep the body for whoever asks again; it is by default.
    pub cache: bool,
    /// Whether to read a form as one, after which nothing is left of it.
    pub parse_form_data: bool,
}

impl Default for GetData {
    fn default() -> Self {
        Self {
            cache: true,
            parse_form_data: false,
        }
    }
}

impl Request {
    /// The whole body, unless it is a form: that is read as one, and this is empty.
    ///
    /// It is kept: asking again gives the same bytes. [`get_data`](Self::get_data) gives the bytes of forms too.
    ///
    /// *Flask:* `request.data`.
    ///
    /// # Errors
    /// Those of [`get_data`](Self::get_data) and of [`form`](Self::form).
    ///
    /// # Cancel safety
    /// A body whose reading was dropped cannot be read again.
    pub async fn data(&self) -> Result<Bytes> {
        let options = GetData {
            parse_form_data: true,
            ..GetData::default()
        };
        self.get_data(options).await
    }

    /// The whole body, also that of a form.
    ///
    /// It is kept unless told otherwise: asking again gives the same bytes. A form that was read before has no bytes any more; one that is read afterwards is read from them.
    ///
    /// *Flask:* `request.get_data(cache, parse_form_data)`.
    ///
    /// # Errors
    /// 413 when it is longer than the request may be; 400 when it breaks off.
    ///
    /// # Cancel safety
    /// A body whose reading was dropped cannot be read again.
    pub async fn get_data(&self, options: GetData) -> Result<Bytes> {
        if let Reading::Read(bytes) | Reading::Rewound(bytes) = &*self.reading() {
            return Ok(bytes.clone());
        }
        if options.parse_form_data {
            // Boxed: whoever reads JSON would otherwise carry the future that reads a form.
            Box::pin(self.files()).await?;
        }
        self.check_announced_length()?;
        let body = match self.take_body() {
            Reading::Waiting(body) => body,
            _ => return Ok(Bytes::new()),
        };
        let bytes = self.limited(body).into_bytes().await?;
        if options.cache {
            *self.reading() = Reading::Read(bytes.clone());
        }
        Ok(bytes)
    }

    /// The body as it comes; afterwards it is gone.
    ///
    /// Nothing comes of one that was read already.
    ///
    /// *Flask:* `request.stream`.
    ///
    /// # Errors
    /// 413 when it is announced to be longer than the request may be; items fail with 413 when it turns
    /// out to be, and with 400 when it breaks off.
    pub fn stream(&self) -> Result<impl Stream<Item = Result<Bytes>> + Send + Unpin + 'static> {
        self.check_announced_length()?;
        Ok(self.limited(match self.take_body() {
            Reading::Waiting(body) => body,
            Reading::Rewound(bytes) => bytes.into(),
            Reading::Read(_) | Reading::Taken => RequestBody::default(),
        }))
    }

    /// Lets a body that was kept be streamed once more, as looking for a form in it does in Werkzeug.
    pub(super) fn rewind(&self) {
        let mut reading = self.reading();
        if let Reading::Read(bytes) = &mut *reading {
            *reading = Reading::Rewound(std::mem::take(bytes));
        }
    }

    /// Takes the body out unless it was read, in which case it stays.
    fn take_body(&self) -> Reading {
        let mut reading = self.reading();
        match &*reading {
            Reading::Waiting(_) => std::mem::replace(&mut *reading, Reading::Taken),
            Reading::Read(bytes) => Reading::Read(bytes.clone()),
            Reading::Rewound(bytes) => {
                let bytes = bytes.clone();
                *reading = Reading::Read(bytes.clone());
                Reading::Rewound(bytes)
            }
            Reading::Taken => Reading::Taken,
        }
    }

    /// The body that a form is read from: the bytes that were kept, or what comes.
    pub(super) fn body_of_form(&self) -> RequestBody {
        match self.take_body() {
            Reading::Waiting(body) => body,
            Reading::Read(bytes) | Reading::Rewound(bytes) => bytes.into(),
            Reading::Taken => RequestBody::default(),
        }
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.inner()
            .body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses a body that is announced to be too long, and leaves it where it is.
    pub(super) fn check_announced_length(&self) -> Result<()> {
        // Most apps have no limit, and need not know what is announced.
        let Some(limit) = self.max_content_length() else {
            return Ok(());
        };
        match self.content_length() {
            Some(length) if length > limit => Err(HttpError::new(413).into()),
            _ => Ok(()),
        }
    }

    pub(super) fn limited(&self, body: RequestBody) -> Limited {
        let left = self.max_content_length();
        Limited { body, left }
    }
}

/// The most bytes of a body that nobody read which are thrown away to keep the connection.
const MOST_DISCARDED: usize = 64 * 1024;

impl AppContext {
    /// Throws away what has come of a body that nobody read.
    #[inline]
    pub(crate) fn discard_body(&self, cx: &mut Context<'_>) {
        if let Some(data) = self.request_data().filter(|data| data.has_body) {
            data.discard_body(cx);
        }
    }
}

impl RequestData {
    #[cold]
    fn discard_body(&self, cx: &mut Context<'_>) {
        let mut reading = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        let Reading::Waiting(body) = &mut *reading else {
            return;
        };
        let mut discarded = 0;
        while discarded <= MOST_DISCARDED
            && let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut *body).poll_frame(cx)
        {
            discarded += frame.data_ref().map_or(0, Bytes::len);
        }
    }
}

/// A body's chunks, up to a limit.
pub(super) struct Limited {
    body: RequestBody,
    left: Option<u64>,
}

impl Stream for Limited {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        loop {
            let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
            let Some(frame) = frame else {
                return Poll::Ready(None);
            };
            let Ok(chunk) = frame?.into_data() else {
                continue;
            };
            if let Some(left) = &mut self.left {
                let Some(rest) = left.checked_sub(chunk.len() as u64) else {
                    self.body = RequestBody::default();
                    return Poll::Ready(Some(Err(HttpError::new(413).into())));
                };
                *left = rest;
            }
            return Poll::Ready(Some(Ok(chunk)));
        }
    }
}

impl Limited {
    /// All chunks as one.
    async fn into_bytes(mut self) -> Result<Bytes> {
        let Some(first) = self.next().await.transpose()? else {
            return Ok(Bytes::new());
        };
        // Most bodies come whole, and say so.
        if self.body.is_end_stream() {
            return Ok(first);
        }
        let Some(second) = self.next().await.transpose()? else {
            return Ok(first);
        };
        let mut all = BytesMut::from(first);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.next().await.transpose()? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use bytes::Bytes;
    use carafe_sessions::Value;
    use futures_util::FutureExt;
    use http_body::Frame;

    use super::{GetData, Limited, RequestBody};
    use crate::context::{Arrival, EmptyContext};
    use crate::error::{Error, Result};
    use crate::request::{Connection, Request};

    fn request() -> Result<Request> {
        let app = crate::App::new("test").build()?;
        let arrival = Arrival::new(app, Connection::default());
        let context = EmptyContext::of(None, &arrival);
        let request = http::Request::new(RequestBody::default());
        Ok(Request::new(context.filled(&arrival, request, |body| body)))
    }

    #[test]
    fn what_waits_for_a_body_has_no_place_for_a_form() -> Result<()> {
        let request = request()?;
        assert!(size_of_val(&request.get_data(GetData::default())) <= 256);
        assert!(size_of_val(&request.json::<Value>()) <= 512);
        Ok(())
    }

    #[test]
    fn what_waits_for_a_form_has_no_place_for_its_parts() -> Result<()> {
        assert!(size_of_val(&request()?.form()) <= 1024);
        Ok(())
    }

    /// A body that would never give more than its first bytes.
    struct First(Option<Bytes>);

    impl http_body::Body for First {
        type Data = Bytes;
        type Error = Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>>>> {
            match self.0.take() {
                Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                None => Poll::Pending,
            }
        }

        fn is_end_stream(&self) -> bool {
            self.0.is_none()
        }
    }

    #[test]
    fn a_body_that_tells_of_its_end_is_not_asked_for_more() {
        let collected = |left| {
            let body = RequestBody::boxed(First(Some(Bytes::from_static(b"whole"))));
            Limited { body, left }.into_bytes().now_or_never()
        };
        assert!(matches!(collected(None), Some(Ok(bytes)) if bytes == "whole"));
        assert!(matches!(collected(Some(5)), Some(Ok(bytes)) if bytes == "whole"));
        assert!(matches!(collected(Some(4)), Some(Err(_))));
    }
}
