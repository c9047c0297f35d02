//! What waits to be written to a socket: the answers of one poll of a connection leave together.
//!
//! hyper has such a mode itself, `pipeline_flush`. It holds back all that was written for as long as the
//! client has sent more than one request, and has no bound: the answer to a last request is lost when anything
//! follows that request, and a download piles up in memory when the client is slow.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;
use tokio::net::tcp::OwnedWriteHalf;

use crate::server::idle::Activity;

/// The most bytes that wait; a write that does not fit beside them has to wait for the client.
const MOST: usize = 64 * 1024;
/// The most room that an idle connection keeps.
const KEPT: usize = 4 * 1024;

/// The writing half of a socket, shared by hyper, which fills it, and the connection, which empties it.
#[derive(Clone)]
pub(crate) struct Outbox(Arc<Mutex<Waiting>>);

struct Waiting {
    socket: OwnedWriteHalf,
    bytes: Vec<u8>,
    /// How many of the bytes are written already.
    written: usize,
    activity: Arc<Activity>,
    /// Whether the client has to read before anything else can be written.
    is_stalled: bool,
}

impl Outbox {
    pub(crate) fn new(socket: OwnedWriteHalf, activity: Arc<Activity>) -> Self {
        Self(Arc::new(Mutex::new(Waiting {
            socket,
            bytes: Vec::new(),
            written: 0,
            activity,
            is_stalled: false,
        })))
    }

    // Held within one poll of the connection, and never while user code runs.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes bytes, all of them if they fit.
    pub(crate) fn poll_write(
        &self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut waiting = self.lock();
        let length = slices.iter().map(|slice| slice.len()).sum::<usize>();
        if waiting.bytes.len() + length > MOST {
            ready!(waiting.poll_empty(cx))?;
            if length > MOST {
                let written =
                    ready!(Pin::new(&mut waiting.socket).poll_write_vectored(cx, slices))?;
                waiting.activity.wrote();
                return Poll::Ready(Ok(written));
            }
        }
        for slice in slices {
            waiting.bytes.extend_from_slice(slice);
        }
        Poll::Ready(Ok(length))
    }

    /// Writes what waits to the socket.
    pub(crate) fn poll_empty(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().poll_empty(cx)
    }

    /// Writes what waits, and tells the client that nothing more will come.
    pub(crate) fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut waiting = self.lock();
        ready!(waiting.poll_empty(cx))?;
        Pin::new(&mut waiting.socket).poll_shutdown(cx)
    }
}

impl Waiting {
    fn poll_empty(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.bytes.get(self.written..)
            && !rest.is_empty()
        {
            let Poll::Ready(written) = Pin::new(&mut self.socket).poll_write(cx, rest) else {
                self.is_stalled = true;
                self.activity.awaits_client();
                return Poll::Pending;
            };
            let written = written?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += written;
            self.activity.wrote();
        }
        if std::mem::take(&mut self.is_stalled) {
            self.activity.goes_on();
        }
        self.written = 0;
        self.bytes.clear();
        if self.bytes.capacity() > KEPT {
            self.bytes = Vec::new();
        }
        Poll::Ready(Ok(()))
    }
}
