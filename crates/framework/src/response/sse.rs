//! Events that a server sends while a page listens: `text/event-stream`. Beyond Flask: there, a view writes them
//! by hand into a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use serde::Serialize;
use tokio::time::{Instant, Sleep};

use crate::context::try_current_app;
use crate::error::{Error, Result};
use crate::json::{DefaultJsonProvider, JsonProvider};
use crate::response::{Body, IntoResponse, Response};

const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");
/// A comment, which pages do not see.
const KEEP_ALIVE: Bytes = Bytes::from_static(b":\n\n");

/// One event of an [`EventStream`].
///
/// Text can hold whatever it likes: a line break in the data is one for the page too, and one in a name or an
/// identifier is left out, so that no text can end its line and begin a field of its own.
///
/// ```
/// use carafe::Event;
///
/// let event = Event::data("one\ntwo").event("news").id("7");
/// assert_eq!(event.to_string(), "event: news\nid: 7\ndata: one\ndata: two\n\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "an event does nothing until it is sent"]
pub struct Event {
    event: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    data: Option<String>,
    comment: Option<String>,
}

impl Event {
    /// Makes an event of text, of one line or more.
    pub fn data(text: impl Into<String>) -> Self {
        Self {
            data: Some(text.into()),
            ..Self::default()
        }
    }

    /// Makes an event of a value as JSON.
    ///
    /// # Errors
    /// When the value has no form in JSON.
    pub fn json<T: Serialize>(value: &T) -> Result<Self> {
        Ok(Self::data(match try_current_app() {
            Ok(app) => app.json().to_text(value)?,
            Err(_) => (&DefaultJsonProvider::default() as &dyn JsonProvider).to_text(value)?,
        }))
    }

    /// Makes a comment, which pages do not see: it keeps the connection in use.
    pub fn comment(text: impl Into<String>) -> Self {
        Self {
            comment: Some(text.into()),
            ..Self::default()
        }
    }

    /// Names the event, for pages that listen to some alone.
    ///
    /// Events without a name are called `message`.
    pub fn event(mut self, name: &str) -> Self {
        self.event = Some(one_line(name));
        self
    }

    /// Identifies the event.
    ///
    /// A page that connects again says in `Last-Event-ID` which one it has seen last.
    pub fn id(mut self, id: &str) -> Self {
        // Browsers ignore an identifier with a NUL in it.
        self.id = Some(one_line(id).replace('\0', ""));
        self
    }

    /// Says how long a page waits before it connects again, in whole milliseconds.
    pub fn retry(mut self, wait: Duration) -> Self {
        self.retry = Some(wait);
        self
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], "")
}

/// The lines of a text as browsers tell them: after `\r\n`, `\n` or `\r`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\r')
    })
}

/// The event as it is sent.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.comment.iter().flat_map(|comment| lines(comment)) {
            writeln!(f, ": {line}")?;
        }
        if let Some(name) = &self.event {
            writeln!(f, "event: {name}")?;
        }
        if let Some(id) = &self.id {
            writeln!(f, "id: {id}")?;
        }
        if let Some(wait) = self.retry {
            writeln!(f, "retry: {}", wait.as_millis())?;
        }
        for line in self.data.iter().flat_map(|data| lines(data)) {
            writeln!(f, "data: {line}")?;
        }
        f.write_str("\n")
    }
}

/// A response of events that are sent as they come.
///
/// It ends with the stream, or when the client leaves. The events are made after the view has returned: a stream that wants the request or the session is wrapped
/// with [`stream_with_context`](crate::stream_with_context).
///
/// ```
/// use carafe::prelude::*;
/// use carafe::{Event, EventStream};
/// use futures_util::stream;
///
/// fn ticks() -> EventStream {
///     EventStream::new(stream::iter([Ok::<_, Error>(Event::data("tick")), Ok(Event::data("tock"))]))
/// }
///
/// let mut app = App::new("docs");
/// app.route("/ticks", ticks);
/// let response = app.test_client().get("/ticks").send();
/// assert_eq!(response.header("content-type"), Some("text/event-stream"));
/// assert_eq!(response.text(), "data: tick\n\ndata: tock\n\n");
/// ```
///
/// # Cancel safety
/// The stream is dropped when the client leaves.
#[must_use = "a stream of events does nothing until the view returns it"]
pub struct EventStream {
    events: Pin<Box<dyn Stream<Item = Result<Event>> + Send>>,
    keep_alive: Option<Duration>,
}

impl EventStream {
    /// Makes a response of a stream of events; an error breaks it off.
    pub fn new<S, E>(events: S) -> Self
    where
        S: Stream<Item = Result<Event, E>> + Send + 'static,
        E: Into<Error>,
    {
        Self {
            events: Box::pin(events.map(|event| event.map_err(Into::into))),
            keep_alive: None,
        }
    }

    /// Sends a comment whenever there was no event for some time.
    ///
    /// Proxies do not hang up then.
    pub fn keep_alive(mut self, every: Duration) -> Self {
        self.keep_alive = Some(every);
        self
    }
}

impl IntoResponse for EventStream {
    fn into_response(self) -> Result<Response> {
        let frames = Frames {
            events: self.events,
            silence: self.keep_alive.map(|every| (every, None)),
        };
        let mut response = Response::with_content_type(Body::stream(frames), EVENT_STREAM);
        response.headers_mut().insert(CACHE_CONTROL, NO_CACHE);
        Ok(response)
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("keep_alive", &self.keep_alive)
            .finish_non_exhaustive()
    }
}

/// The events as bytes, with comments where there are none for long.
struct Frames {
    events: Pin<Box<dyn Stream<Item = Result<Event>> + Send>>,
    /// How long a silence may be, and when this one has to end.
    silence: Option<(Duration, Option<Pin<Box<Sleep>>>)>,
}

impl Stream for Frames {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Poll::Ready(next) = self.events.as_mut().poll_next(cx) else {
            return self.poll_silence(cx);
        };
        if let Some((every, Some(end))) = &mut self.silence {
            end.as_mut().reset(Instant::now() + *every);
        }
        Poll::Ready(next.map(|event| Ok(event?.to_string().into())))
    }
}

impl Frames {
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let Some((every, end)) = &mut self.silence else {
            return Poll::Pending;
        };
        let end = end.get_or_insert_with(|| Box::pin(tokio::time::sleep(*every)));
        match end.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                end.as_mut().reset(Instant::now() + *every);
                Poll::Ready(Some(Ok(KEEP_ALIVE)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::time::Duration;

    use futures_util::{StreamExt, stream};

    use super::{Event, EventStream, Frames, KEEP_ALIVE};
    use crate::error::Error;

    #[test]
    fn no_text_begins_a_field_of_its_own() {
        let event = Event::data("a\r\nid: 1\rid: 2\nid: 3")
            .event("x\nid: 4")
            .id("5\r\nevent: y\0");
        assert_eq!(
            event.to_string(),
            "event: xid: 4\nid: 5event: y\ndata: a\ndata: id: 1\ndata: id: 2\ndata: id: 3\n\n"
        );
        assert_eq!(
            Event::comment("a\rdata: b").to_string(),
            ": a\n: data: b\n\n"
        );
    }

    #[test]
    fn empty_data_and_waits_are_sent() {
        let event = Event::data("").retry(Duration::from_millis(1500));
        assert_eq!(event.to_string(), "retry: 1500\ndata: \n\n");
        assert_eq!(
            Event::json(&[1, 2]).unwrap().to_string(),
            "data: [1, 2]\n\n"
        );
        assert_eq!(
            Event::data("a\n\n").to_string(),
            "data: a\ndata: \ndata: \n\n"
        );
    }

    #[tokio::test]
    async fn silence_is_filled_with_comments() {
        let events = EventStream::new(stream::pending::<Result<Event, Error>>());
        let mut frames = Frames {
            events: events.events,
            silence: Some((Duration::ZERO, None)),
        };
        for _ in 0..2 {
            assert_eq!(frames.next().await.unwrap().unwrap(), KEEP_ALIVE);
        }
    }
}
