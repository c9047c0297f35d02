//! Closes a connection so that the client can read the answer to a body that nobody read.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::tcp::OwnedReadHalf;
use tokio::time::Sleep;

use crate::server::outbox::Outbox;

/// How long a client may go on sending a body that nobody reads.
const LONGEST: Duration = Duration::from_secs(5);

/// A socket whose shutdown waits for the client to stop sending.
///
/// A socket that is closed with unread bytes in it resets the connection, and the reset overtakes the answer
/// on its way to the client. So what the client still sends is read and thrown away, for a while.
pub(crate) struct Lingering {
    input: TokioIo<OwnedReadHalf>,
    output: Outbox,
    /// Whether the client may be sending still: the body of the last request, or what is no request.
    may_send: Arc<AtomicBool>,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Lingering {
    pub(crate) fn new(input: OwnedReadHalf, output: Outbox, may_send: Arc<AtomicBool>) -> Self {
        Self {
            input: TokioIo::new(input),
            output,
            may_send,
            deadline: None,
        }
    }

    /// Throws away what comes until the client has nothing more to send.
    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut space = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut space);
            match Pin::new(self.input.inner_mut()).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                // Whether it ended or broke does not matter any more.
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    let deadline = self
                        .deadline
                        .get_or_insert_with(|| Box::pin(tokio::time::sleep(LONGEST)));
                    return deadline.as_mut().poll(cx).map(Ok);
                }
            }
        }
    }
}

impl Read for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.input).poll_read(cx, buffer))?;
        // What has come may be no request at all; one that is tells whether more follows it.
        self.may_send.store(true, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl Write for Lingering {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.output.poll_write(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.output.poll_write(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Leaves it to the connection, which empties the outbox once hyper is done for now.
    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.deadline.is_none() {
            ready!(self.output.poll_shutdown(cx))?;
            if !self.may_send.load(Ordering::Relaxed) {
                return Poll::Ready(Ok(()));
            }
        }
        self.poll_discard(cx)
    }
}
