//! The bytes that the client sends.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::PoisonError;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http::header::CONTENT_LENGTH;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;

use crate::error::{Error, HttpError, Result};
use crate::request::Request;

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
            Some(body) => Self(Inner::Boxed(Box::pin(
                body.map_err(|error| Error::from_boxed(error.into())),
            ))),
            None => Self::default(),
        }
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
    /// It is being read, or was handed out as a stream, or reading it failed.
    Taken,
}

impl Request {
    /// The whole body. It is kept: asking again gives the same bytes.
    ///
    /// *Flask:* `request.get_data()`.
    ///
    /// # Errors
    /// 413 when it is longer than `MAX_CONTENT_LENGTH`; 400 when it breaks off.
    ///
    /// # Cancel safety
    /// A body whose reading was dropped cannot be read again.
    pub async fn data(&self) -> Result<Bytes> {
        let body = {
            let mut reading = self
                .inner()
                .body
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if let Reading::Read(bytes) = &*reading {
                return Ok(bytes.clone());
            }
            std::mem::replace(&mut *reading, Reading::Taken)
        };
        let Reading::Waiting(body) = body else {
            return Ok(Bytes::new());
        };
        let bytes = collect(self.limited(body)?).await?;
        *self
            .inner()
            .body
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Reading::Read(bytes.clone());
        Ok(bytes)
    }

    /// The body as it comes; afterwards it is gone.
    ///
    /// *Flask:* `request.stream`.
    ///
    /// # Errors
    /// 413 when it is announced to be longer than `MAX_CONTENT_LENGTH`; items fail with 413 when it turns
    /// out to be, and with 400 when it breaks off.
    pub fn stream(&self) -> Result<impl Stream<Item = Result<Bytes>> + Send + Unpin + 'static> {
        let mut reading = self
            .inner()
            .body
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let body = match std::mem::replace(&mut *reading, Reading::Taken) {
            Reading::Waiting(body) => body,
            Reading::Read(bytes) => bytes.into(),
            Reading::Taken => RequestBody::default(),
        };
        self.limited(body)
    }

    /// The length that the client announced.
    pub fn content_length(&self) -> Option<u64> {
        let value = self.headers().get(CONTENT_LENGTH)?.to_str().ok()?;
        value.parse().ok()
    }

    pub(super) fn limited(&self, body: RequestBody) -> Result<Limited> {
        let limit = self.app().config().max_content_length;
        match (limit, self.content_length()) {
            (Some(limit), Some(length)) if length > limit => Err(HttpError::new(413).into()),
            _ => Ok(Limited { body, left: limit }),
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

async fn collect(mut chunks: impl Stream<Item = Result<Bytes>> + Unpin) -> Result<Bytes> {
    let Some(first) = chunks.next().await.transpose()? else {
        return Ok(Bytes::new());
    };
    let Some(second) = chunks.next().await.transpose()? else {
        return Ok(first);
    };
    let mut all = BytesMut::from(first);
    all.extend_from_slice(&second);
    while let Some(chunk) = chunks.next().await.transpose()? {
        all.extend_from_slice(&chunk);
    }
    Ok(all.freeze())
}
