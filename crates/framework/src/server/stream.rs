//! The socket of a connection as hyper sees it: what waits to be written, and how it is closed.
//!
//! The answers to requests that came together leave together. hyper has such a mode itself, `pipeline_flush`. It
//! holds back all that was written for as long as the client has sent more than one request, and has no bound:
//! the answer to a last request is lost when anything follows that request, and a download piles up in memory
//! when the client is slow.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::server::activity::Activity;

/// As many bytes do not wait, and are not copied.
const ENOUGH: usize = 16 * 1024;
/// The most room that an idle connection keeps.
const KEPT: usize = 4 * 1024;
/// How long a client may go on sending a body that nobody reads.
const LONGEST: Duration = Duration::from_secs(5);

/// A socket that writes small answers together, and whose shutdown waits for the client to stop sending.
///
/// A socket that is closed with unread bytes in it resets the connection, and the reset overtakes the answer
/// on its way to the client. So what the client still sends is read and thrown away, for a while.
pub(crate) struct ClientStream {
    socket: TokioIo<TcpStream>,
    activity: Arc<Activity>,
    /// What waits to be written: hyper is still at the requests that came with the one answered.
    outbox: Vec<u8>,
    /// How many bytes of it are written already.
    written: usize,
    /// Whether nothing more was there when hyper last read.
    is_read_dry: bool,
    /// Whether the client's end was seen before the end of a body.
    has_seen_end: bool,
    /// Whether the client has to read before anything else can be written.
    is_stalled: bool,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl ClientStream {
    pub(crate) fn new(socket: TcpStream, activity: Arc<Activity>) -> Self {
        Self {
            socket: TokioIo::new(socket),
            activity,
            outbox: Vec::new(),
            written: 0,
            is_read_dry: false,
            has_seen_end: false,
            is_stalled: false,
            deadline: None,
        }
    }

    /// Writes what waits.
    fn poll_empty(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.outbox.get(self.written..)
            && !rest.is_empty()
        {
            let written = Pin::new(self.socket.inner_mut()).poll_write(cx, rest);
            let written = ready!(self.wrote(written))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += written;
        }
        self.written = 0;
        self.outbox.clear();
        if self.outbox.capacity() > KEPT {
            self.outbox = Vec::new();
        }
        self.activity.set_held(false);
        self.activity.set_released(false);
        Poll::Ready(Ok(()))
    }

    /// Notes how a write went: the time is the client's while it has to read first.
    fn wrote(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_pending() {
            self.is_stalled = true;
            self.activity.awaits_client();
        } else {
            self.activity.wrote();
            if std::mem::take(&mut self.is_stalled) {
                self.activity.goes_on();
            }
        }
        written
    }

    /// Looks what comes next, without reading it: how many bytes there are, up to one.
    fn poll_peek(&self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut byte = [0];
        self.socket
            .inner()
            .poll_peek(cx, &mut ReadBuf::new(&mut byte))
    }

    /// Fails when the client has gone, or sends nothing more at least, while its answer is waited for.
    #[cold]
    fn look_for_client(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.poll_peek(cx) {
            // Whoever reads a body that is not whole answers for it.
            Poll::Ready(Ok(0)) if self.activity.has_broken_off() => Ok(()),
            // hyper has not looked yet whether the rest of the body has come.
            Poll::Ready(Ok(0)) if self.activity.leaves_body() && !self.has_seen_end => {
                self.has_seen_end = true;
                cx.waker().wake_by_ref();
                Ok(())
            }
            Poll::Ready(Ok(0)) => Err(io::ErrorKind::UnexpectedEof.into()),
            Poll::Ready(Err(error)) => Err(error),
            Poll::Ready(Ok(_)) | Poll::Pending => Ok(()),
        }
    }

    /// Throws away what comes until the client has nothing more to send.
    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut space = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut space);
            match Pin::new(self.socket.inner_mut()).poll_read(cx, &mut buffer) {
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

impl Drop for ClientStream {
    /// hyper ends a connection that breaks without a shutdown; the answers before are the client's all the same.
    fn drop(&mut self) {
        if let Some(rest) = self.outbox.get(self.written..)
            && !rest.is_empty()
        {
            // There is no waiting any more for a client that does not read.
            let _ = self.socket.inner().try_write(rest);
        }
    }
}

impl Read for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        // hyper is through with all that came, or else it looks whether the client is still there.
        if !self.activity.is_under_way()
            && let Poll::Ready(Err(error)) = self.poll_empty(cx)
        {
            return Poll::Ready(Err(error));
        }
        let room = buffer.remaining();
        let read = Pin::new(&mut self.socket).poll_read(cx, buffer);
        self.is_read_dry = read.is_pending();
        ready!(read)?;
        // What has come may be no request at all; one that is tells whether more follows it.
        self.activity.has_read(room);
        Poll::Ready(Ok(()))
    }
}

impl Write for ClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let is_all = self.is_read_dry && self.outbox.is_empty();
        if is_all || self.outbox.len() + bytes.len() > ENOUGH {
            ready!(self.poll_empty(cx))?;
            if is_all || bytes.len() > ENOUGH {
                let written = Pin::new(self.socket.inner_mut()).poll_write(cx, bytes);
                return self.wrote(written);
            }
        }
        self.outbox.extend_from_slice(bytes);
        self.activity.set_held(true);
        Poll::Ready(Ok(bytes.len()))
    }

    /// Writes what waits, unless more requests are here to be answered along with it.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_read_dry || self.activity.flushes_at_once() {
            ready!(self.poll_empty(cx))?;
        }
        if self.activity.is_under_way() {
            self.look_for_client(cx)?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.deadline.is_none() {
            ready!(self.poll_empty(cx))?;
            ready!(Pin::new(self.socket.inner_mut()).poll_shutdown(cx))?;
            let has_more = matches!(self.poll_peek(cx), Poll::Ready(Ok(1..)));
            if !has_more && !self.activity.may_send() {
                return Poll::Ready(Ok(()));
            }
        }
        self.poll_discard(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::io;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::task::Poll;

    use hyper::rt::{Read, ReadBuf, Write};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::ClientStream;
    use crate::server::activity::Activity;

    const ANSWER: [u8; 100] = [b'a'; 100];

    /// A client, and the server's end of its connection, which has read what the client has sent.
    async fn connection() -> io::Result<(TcpStream, ClientStream, Arc<Activity>)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut client = TcpStream::connect(listener.local_addr()?).await?;
        let activity = Arc::new(Activity::new(Arc::default()));
        let mut stream = ClientStream::new(listener.accept().await?.0, activity.clone());
        client.write_all(b"requests").await?;
        poll_fn(|cx| {
            let mut room = [0; 64];
            Pin::new(&mut stream).poll_read(cx, ReadBuf::new(&mut room).unfilled())
        })
        .await?;
        Ok((client, stream, activity))
    }

    /// Reads as hyper does when it has answered all that came: nothing more is there.
    async fn read_dry(stream: &mut ClientStream) {
        poll_fn(|cx| {
            let mut room = [0; 64];
            let read = Pin::new(&mut *stream).poll_read(cx, ReadBuf::new(&mut room).unfilled());
            assert!(read.is_pending());
            Poll::Ready(())
        })
        .await;
    }

    /// Answers a request as hyper does: writes, and asks for what was written to be sent.
    async fn answer(stream: &mut ClientStream, activity: &Activity) -> io::Result<()> {
        activity.busy(false);
        activity.idle();
        let written = poll_fn(|cx| Pin::new(&mut *stream).poll_write(cx, &ANSWER)).await?;
        assert_eq!(written, ANSWER.len());
        poll_fn(|cx| Pin::new(&mut *stream).poll_flush(cx)).await
    }

    #[tokio::test]
    async fn answers_to_requests_that_came_together_leave_together() -> io::Result<()> {
        let (mut client, mut stream, activity) = connection().await?;
        // More than hyper itself takes before it writes.
        for _ in 0..40 {
            answer(&mut stream, &activity).await?;
        }
        let mut received = [0; 8000];
        let error = client.try_read(&mut received).map_err(|error| error.kind());
        assert_eq!(error, Err(io::ErrorKind::WouldBlock));
        read_dry(&mut stream).await;
        assert_eq!(client.read(&mut received).await?, 40 * ANSWER.len());
        Ok(())
    }

    #[tokio::test]
    async fn what_is_enough_does_not_wait() -> io::Result<()> {
        let (mut client, mut stream, activity) = connection().await?;
        for _ in 0..=super::ENOUGH / ANSWER.len() {
            answer(&mut stream, &activity).await?;
        }
        let mut received = vec![0; 2 * super::ENOUGH];
        assert!(client.read(&mut received).await? > 0);
        Ok(())
    }

    #[tokio::test]
    async fn what_nobody_has_read_is_thrown_away_before_the_socket_closes() -> io::Result<()> {
        let (mut client, mut stream, activity) = connection().await?;
        activity.busy(false);
        client.write_all(b"more requests").await?;
        stream.socket.inner().readable().await?;
        poll_fn(|cx| {
            assert!(Pin::new(&mut stream).poll_shutdown(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        client.shutdown().await?;
        poll_fn(|cx| Pin::new(&mut stream).poll_shutdown(cx)).await
    }

    #[tokio::test]
    async fn an_answer_to_the_last_request_does_not_wait() -> io::Result<()> {
        let (mut client, mut stream, activity) = connection().await?;
        read_dry(&mut stream).await;
        answer(&mut stream, &activity).await?;
        let mut received = [0; 200];
        assert_eq!(client.read(&mut received).await?, ANSWER.len());
        Ok(())
    }
}
