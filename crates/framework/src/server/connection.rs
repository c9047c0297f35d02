//! Accepts connections and answers their requests.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body::Body as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::lifecycle::let_go;
use crate::request::Connection;
use crate::server::access;
use crate::server::activity::Activity;
use crate::server::answer::{Answer, TOO_LONG};
use crate::server::idle::{Connections, SWEEP};
use crate::server::stream::ClientStream;

/// How much clients may ask of the server.
#[derive(Debug)]
pub(crate) struct Limits {
    /// How long the head of a request may take to arrive, and a connection to be idle.
    idle_timeout: Duration,
    /// How long requests under way may take once serving ends.
    drain_timeout: Duration,
    /// The most bytes of a request's head.
    max_head: usize,
    connections: Arc<Semaphore>,
}

/// The most connections at a time, of all workers together.
const MOST_CONNECTIONS: usize = 25_000;

impl Default for Limits {
    fn default() -> Self {
        Self {
            idle_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(10),
            max_head: 128 * 1024,
            connections: Arc::new(Semaphore::new(MOST_CONNECTIONS)),
        }
    }
}

impl Limits {
    /// Waits for what is under way as serving ends, for as long as it may take.
    pub(crate) async fn drained(&self, under_way: impl Future<Output = ()>) {
        if tokio::time::timeout(self.drain_timeout, under_way)
            .await
            .is_err()
        {
            tracing::warn!(target: "carafe::server", "what was under way was cut off as serving ended");
        }
    }
}

/// Accepts connections until told to stop, then waits for what is under way.
pub(crate) async fn accept(
    app: impl Answer,
    listener: TcpListener,
    limits: Arc<Limits>,
    shutdown: impl Future<Output = ()>,
) {
    let (end, ending) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut watch = Connections::default();
    let mut sweeps = tokio::time::interval(SWEEP);
    // A worker that was stopped for a while has not seen its clients idle meanwhile.
    sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // A connection that is one too many waits to be accepted until another one ends.
        let next = async {
            let permit = limits.connections.clone().acquire_owned().await.ok()?;
            Some((permit, listener.accept().await))
        };
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            _ = sweeps.tick() => watch.sweep(limits.idle_timeout),
            Some((permit, accepted)) = next => match accepted {
                Ok((stream, remote)) => {
                    let activity = watch.activity();
                    let held = Held { limits: limits.clone(), activity: activity.clone(), _permit: permit };
                    let connection = serve(app.clone(), stream, remote, held, ending.clone());
                    watch.add(activity, connections.spawn(connection));
                }
                Err(error) => rest_after(&error).await,
            },
        }
    }
    drop(listener);
    drop(ending);
    end.send_replace(());
    limits
        .drained(async { while connections.join_next().await.is_some() {} })
        .await;
}

/// Waits a little when the system has nothing left to accept with; a client that gave up is no reason to.
async fn rest_after(error: &io::Error) {
    let clients_own = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    );
    if !clients_own {
        tracing::error!(target: "carafe::server", %error, "cannot accept connections");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// How long the head of a request is when it is written without needless spaces.
///
/// hyper reads in pieces and so takes heads that are somewhat longer than it is told.
fn head_length<B>(request: &http::Request<B>) -> usize {
    let uri = request.uri();
    let target = uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    let origin = uri.authority().map_or(0, |host| host.as_str().len())
        + uri
            .scheme_str()
            .map_or(0, |scheme| scheme.len() + "://".len());
    let line = request.method().as_str().len() + target + origin + "  HTTP/1.1\r\n".len();
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    line + headers.sum::<usize>() + "\r\n".len()
}

/// What a connection holds while it lasts.
struct Held {
    limits: Arc<Limits>,
    activity: Arc<Activity>,
    _permit: OwnedSemaphorePermit,
}

/// Answers the requests of one connection.
async fn serve(
    app: impl Answer,
    stream: TcpStream,
    remote: SocketAddr,
    held: Held,
    ending: watch::Receiver<()>,
) {
    // Without it a small answer could wait for the client's acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let ends = Connection::new(Some(remote), stream.local_addr().ok());
    let activity = held.activity.clone();
    let stream = ClientStream::new(stream, activity.clone());
    let exchanges = Exchanges {
        answer: app.of_connection(ends, activity.clone()),
        activity: activity.clone(),
        max_head: held.limits.max_head,
        remote,
    };
    let connection = http1::Builder::new()
        .max_buf_size(held.limits.max_head)
        // hyper would look for the client's end before it asks for the answer: each time it has read all that came, and
        // into a new buffer, since the request holds the one that it came in. `ClientStream` looks when it is waited for.
        .half_close(true)
        // What is written waits in one buffer: a head and its body may as well come as one.
        .writev(false)
        .serve_connection(stream, exchanges);
    // Also when the connection is dropped before it ends.
    let _left = Left;
    if let Err(error) = driven(connection, &activity, ending).await {
        tracing::debug!(target: "carafe::server", %error, "a connection ended early");
    }
}

/// Lets go of a connection that is left.
struct Left;

impl Drop for Left {
    fn drop(&mut self) {
        let_go();
    }
}

/// How long a client that has connected has for its first request once serving ends.
const FIRST_REQUEST: Duration = Duration::from_millis(200);

/// Waits until serving ends, and a moment longer where no request has come yet: it may be on its way, and a client
/// that has just connected takes a connection that closes for a failure.
async fn ended(mut ending: watch::Receiver<()>, activity: &Activity) {
    // A sender that is gone means the same as one that says so.
    let _ = ending.changed().await;
    if !activity.has_asked() {
        // Boxed, since nearly all connections would have the place for nothing.
        Box::pin(tokio::time::sleep(FIRST_REQUEST)).await;
    }
}

/// Drives a connection to its end, which comes after the request under way once serving ends.
async fn driven<A: Answer>(
    connection: http1::Connection<ClientStream, Exchanges<A>>,
    activity: &Activity,
    ending: watch::Receiver<()>,
) -> hyper::Result<()> {
    let mut connection = pin!(connection);
    let mut ending = pin!(ended(ending, activity));
    let mut is_ending = false;
    poll_fn(|cx| {
        if !is_ending && ending.as_mut().poll(cx).is_ready() {
            is_ending = true;
            connection.as_mut().graceful_shutdown();
        }
        let outcome = connection.as_mut().poll(cx);
        let_go();
        if outcome.is_pending() && activity.holds_back() {
            // hyper waits for something that the answers so far are not to wait for. It writes them when it is
            // polled once more, in a turn of its own, so that other connections have theirs.
            activity.set_released(true);
            cx.waker().wake_by_ref();
        }
        outcome
    })
    .await
}

/// Answers the requests of a connection, one after another.
struct Exchanges<A> {
    answer: A,
    activity: Arc<Activity>,
    max_head: usize,
    remote: SocketAddr,
}

impl<A: Answer> Service<http::Request<Incoming>> for Exchanges<A> {
    type Response = http::Response<A::Body>;
    type Error = Infallible;
    type Future = A::Future;

    fn call(&self, request: http::Request<Incoming>) -> Self::Future {
        let place = self.answer.place();
        if self.activity.most_come() > self.max_head || access::is_wanted() {
            return self.look_and_call(place, request);
        }
        self.activity.busy(!request.body().is_end_stream());
        self.answer.answer(place, request, None)
    }
}

impl<A: Answer> Exchanges<A> {
    /// Looks at a request before it is answered. Only such as need it, since what was looked at is not moved without
    /// a further copy.
    #[cold]
    fn look_and_call(&self, place: A::Place, request: http::Request<Incoming>) -> A::Future {
        self.activity.busy(!request.body().is_end_stream());
        let entry = access::Entry::of(&request, self.remote);
        if head_length(&request) > self.max_head {
            self.activity.idle();
            if let Some(entry) = entry {
                entry.log(TOO_LONG);
            }
            return A::refuse();
        }
        self.answer.answer(place, request, entry)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;
    use tokio::task::yield_now;
    use tokio::time::timeout;

    use super::{Limits, MOST_CONNECTIONS, accept};
    use crate::app::{App, Scaffold};
    use crate::error::Result;
    use crate::server::answer::Served;

    /// Connects to a server and has it end, before anything is sent.
    async fn connected_before_the_end() -> Result<TcpStream> {
        let mut app = App::new("test");
        app.get("/", || "answered").endpoint("index");
        let served = Served::new(&app.build()?, None);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let client = TcpStream::connect(listener.local_addr()?).await?;
        // The connection is to close by itself, and not because it is cut off.
        let limits = Arc::new(Limits {
            drain_timeout: Duration::from_secs(3600),
            ..Limits::default()
        });
        let (end, ending) = oneshot::channel::<()>();
        tokio::spawn(accept(served, listener, limits.clone(), async {
            let _ = ending.await;
        }));
        // The server waits with one permit in its hand, and another is the client's.
        while limits.connections.available_permits() > MOST_CONNECTIONS - 2 {
            yield_now().await;
        }
        drop(end);
        while limits.connections.available_permits() < MOST_CONNECTIONS - 1 {
            yield_now().await;
        }
        // The connection is told in its own turn.
        for _ in 0..100 {
            yield_now().await;
        }
        Ok(client)
    }

    #[tokio::test]
    async fn a_first_request_is_answered_though_serving_has_ended_before_it_came() -> Result<()> {
        let mut client = connected_before_the_end().await?;
        client
            .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await?;
        let mut answer = String::new();
        client.read_to_string(&mut answer).await?;
        assert!(answer.ends_with("answered"), "{answer:?}");
        Ok(())
    }

    #[tokio::test]
    async fn a_client_that_asks_for_nothing_does_not_hold_up_the_end() -> Result<()> {
        let mut client = connected_before_the_end().await?;
        let closed = timeout(Duration::from_secs(60), client.read(&mut [0])).await;
        assert!(matches!(closed, Ok(Ok(0))), "{closed:?}");
        Ok(())
    }
}
