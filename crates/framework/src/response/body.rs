//! A response's body: bytes, or a stream of them.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, TryStreamExt, future, stream};
use http_body::{Frame, SizeHint};

use crate::error::{Error, panicked};

/// The most that is handed to the server at a time, which copies it: large bodies stay where they are.
const PIECE: usize = 32 * 1024;

/// What no allocator would make another piece of.
const LITTLE_ROOM: usize = 16;

/// A stream that is boxed and may move between threads.
pub type BoxStream = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// The bytes of a response, whole or as they come.
#[derive(Default)]
pub struct Body(Content);

/// The content, in the size of `Bytes`: what few bodies have is behind a pointer.
#[derive(Default)]
enum Content {
    #[default]
    Empty,
    Bytes(Bytes),
    Stream(Box<Chunks>),
    /// The stream has failed, which is told once what came before it is sent.
    Failed(Error),
    /// A body that somebody waits for the end of.
    Watched(Box<(Content, Closers)>),
}

/// A stream, and what came of it before it was asked for; a `None` there is its end.
struct Chunks {
    stream: BoxStream,
    ahead: Option<Option<Bytes>>,
}

impl Chunks {
    /// Asks for the next chunk; a panic in the stream is an error.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if let Some(ahead) = self.ahead.take() {
            return Poll::Ready(ahead.map(Ok));
        }
        let polled = catch_unwind(AssertUnwindSafe(|| self.stream.as_mut().poll_next(cx)));
        polled.unwrap_or_else(|payload| Poll::Ready(Some(Err(panicked(payload)))))
    }
}

/// Runs its functions when the body is sent or dropped.
#[derive(Default)]
struct Closers(Vec<Box<dyn FnOnce() + Send>>);

impl Drop for Closers {
    fn drop(&mut self) {
        for close in self.0.drain(..) {
            // A panic while another one unwinds would end the process.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(close)) {
                let error = panicked(payload);
                tracing::error!(target: "carafe::app", %error, "a function for the end of a response failed");
            }
        }
    }
}

impl Body {
    /// A body without bytes.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A body of chunks that are sent as they come.
    ///
    /// A failing chunk breaks the response off: the connection closes without its end.
    ///
    /// *Flask:* a generator as a response.
    pub fn stream<S, T, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        T: Into<Bytes>,
        E: Into<Error>,
    {
        let chunks = stream.map(|item| item.map(Into::into).map_err(Into::into));
        Self(Content::Stream(Box::new(Chunks {
            stream: Box::pin(chunks),
            ahead: None,
        })))
    }

    fn content(&self) -> &Content {
        match &self.0 {
            Content::Watched(watched) => &watched.0,
            content => content,
        }
    }

    fn content_mut(&mut self) -> &mut Content {
        match &mut self.0 {
            Content::Watched(watched) => &mut watched.0,
            content => content,
        }
    }

    /// The bytes, when they are all there.
    ///
    /// *Flask:* `Response.data`, which would also drain a stream.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self.content() {
            Content::Empty => Some(&[]),
            Content::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The bytes, when they are all there, without a copy.
    pub(crate) fn bytes(&self) -> Option<Bytes> {
        match self.content() {
            Content::Empty => Some(Bytes::new()),
            Content::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }

    /// Takes the bytes out, to be put back; none of a stream.
    pub(crate) fn take_bytes(&mut self) -> Option<Bytes> {
        let bytes = self.bytes()?;
        *self.content_mut() = Content::Empty;
        Some(bytes)
    }

    /// Puts bytes in place of others.
    pub(crate) fn put_bytes(&mut self, bytes: Bytes) {
        *self.content_mut() = match bytes.is_empty() {
            true => Content::Empty,
            false => Content::Bytes(bytes),
        };
    }

    /// Reads a stream to its end.
    ///
    /// # Errors
    /// That of the stream.
    pub(crate) async fn whole(self) -> Result<Self, Error> {
        let (content, on_close) = self.apart();
        let content = match content.into_stream() {
            Ok(chunks) => Self::from(collect(chunks).await?).0,
            Err(whole) => whole,
        };
        Ok(Self(content).watched(on_close))
    }

    /// The bytes from `start` up to, but not including, `stop`.
    ///
    /// *Werkzeug:* `_RangeWrapper`.
    pub(crate) fn part(self, start: u64, stop: u64) -> Self {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let (content, on_close) = self.apart();
        let part = match content.into_stream() {
            Ok(chunks) => Self::stream(cut(chunks, start, stop.saturating_sub(start))),
            Err(whole) => {
                let bytes = Self(whole).bytes().unwrap_or_default();
                let stop = place(stop).min(bytes.len());
                bytes.slice(place(start).min(stop)..stop).into()
            }
        };
        part.watched(on_close)
    }

    /// The content, and what waits for its end.
    fn apart(self) -> (Content, Option<Closers>) {
        match self.0 {
            Content::Watched(watched) => (watched.0, Some(watched.1)),
            content => (content, None),
        }
    }

    fn watched(self, on_close: Option<Closers>) -> Self {
        match on_close {
            Some(on_close) => Self(Content::Watched(Box::new((self.0, on_close)))),
            None => self,
        }
    }

    /// Whether the bytes come as a stream.
    pub fn is_streamed(&self) -> bool {
        matches!(self.content(), Content::Stream(_) | Content::Failed(_))
    }

    /// Begins a stream without waiting for it, so that one which fails at once can still be answered.
    ///
    /// # Errors
    /// That of the first chunk.
    pub(crate) fn begin(&mut self, cx: &mut Context<'_>) -> Result<(), Error> {
        if let Content::Stream(chunks) = self.content_mut()
            && let Poll::Ready(first) = chunks.poll_next(cx)
        {
            chunks.ahead = Some(first.transpose()?);
        }
        Ok(())
    }

    /// Runs functions when the body has been sent or dropped.
    pub(crate) fn on_close(self, functions: Vec<Box<dyn FnOnce() + Send>>) -> Self {
        let (content, on_close) = self.apart();
        let mut on_close = on_close.unwrap_or_default();
        on_close.0.extend(functions);
        Self(content).watched(Some(on_close))
    }
}

impl Content {
    /// Takes a stream apart; a body that is whole comes back.
    fn into_stream(self) -> Result<BoxStream, Self> {
        match self {
            Self::Stream(mut chunks) => {
                Ok(Box::pin(stream::poll_fn(move |cx| chunks.poll_next(cx))))
            }
            Self::Failed(error) => Ok(Box::pin(stream::once(future::ready(Err(error))))),
            content => Err(content),
        }
    }
}

async fn collect(mut chunks: BoxStream) -> Result<Bytes, Error> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = chunks.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// Leaves out the first bytes of a stream, and those after as many as are wanted.
fn cut(chunks: BoxStream, skip: u64, want: u64) -> impl Stream<Item = Result<Bytes, Error>> + Send {
    let clipped =
        |count: u64, length: usize| usize::try_from(count).map_or(length, |n| n.min(length));
    stream::try_unfold(
        (chunks, skip, want),
        move |(mut chunks, mut skip, want)| async move {
            if want == 0 {
                return Ok(None);
            }
            while let Some(mut chunk) = chunks.try_next().await? {
                let skipped = chunk.split_to(clipped(skip, chunk.len()));
                skip -= skipped.len() as u64;
                chunk.truncate(clipped(want, chunk.len()));
                if !chunk.is_empty() {
                    let left = want - chunk.len() as u64;
                    return Ok(Some((chunk, (chunks, skip, left))));
                }
            }
            Ok(None)
        },
    )
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        let mut body = Self::default();
        body.put_bytes(bytes);
        body
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        // `Bytes` with room behind them are counted in an allocation of their own. A little room is given back
        // without being moved.
        let room = bytes.capacity() - bytes.len();
        match room < LITTLE_ROOM {
            true => Bytes::from(bytes.into_boxed_slice()).into(),
            false => Bytes::from(bytes).into(),
        }
    }
}

impl Body {
    /// Gives what comes next of a long body, or of a stream.
    fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let content = self.content_mut();
        let Content::Stream(chunks) = content else {
            return Poll::Ready(match std::mem::take(content) {
                Content::Bytes(bytes) if bytes.len() <= PIECE => Some(Ok(Frame::data(bytes))),
                Content::Bytes(mut bytes) => {
                    let piece = bytes.split_to(PIECE);
                    *content = Content::Bytes(bytes);
                    Some(Ok(Frame::data(piece)))
                }
                Content::Failed(error) => Some(Err(BodyError(error))),
                _ => None,
            });
        };
        match ready!(chunks.poll_next(cx)) {
            Some(Ok(chunk)) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            None => {
                *content = Content::Empty;
                Poll::Ready(None)
            }
            // The server throws away what it has not sent when it learns of a failure. Seeing that nothing
            // more is ready yet, it sends that first.
            Some(Err(error)) => {
                tracing::error!(target: "carafe::app", %error, "the stream of a response failed");
                *content = Content::Failed(error);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    #[inline] // nearly all bodies are short, and what they give is not moved through memory then
    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &self.0 {
            Content::Bytes(bytes) if bytes.len() <= PIECE => match std::mem::take(&mut self.0) {
                Content::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                _ => Poll::Ready(None),
            },
            _ => self.poll_piece(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.content(), Content::Empty)
    }

    fn size_hint(&self) -> SizeHint {
        match self.content() {
            Content::Empty => SizeHint::with_exact(0),
            Content::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            _ => SizeHint::default(),
        }
    }
}

/// The failure of a streamed body, on its way to the server that has to break the response off.
#[derive(Debug)]
pub struct BodyError(Error);

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the response's stream failed: {}", self.0)
    }
}

impl std::error::Error for BodyError {}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.content() {
            Content::Empty => f.write_str("Body(empty)"),
            Content::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            _ => f.write_str("Body(stream)"),
        }
    }
}
