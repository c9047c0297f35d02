//! The signals of the request lifecycle. Flask: `flask.signals`.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The error of a receiver: any error at all.
pub type ReceiverError = Box<dyn StdError + Send + Sync>;

/// Tells receivers that something happened. *Flask:* `blinker.Signal`.
///
/// `P` is what they are told. A signal belongs to whoever made it, there is no global register: Flask's
/// ten belong to an app, and an extension keeps its own wherever it keeps its state. A clone is the same
/// signal.
///
/// ```
/// use carafe::signals::Signal;
///
/// let model_saved: Signal<String> = Signal::new("model_saved");
/// let connection = model_saved.connect(|name: &String| assert_eq!(name, "user"));
/// model_saved.send(&"user".to_owned())?;
/// assert!(model_saved.disconnect(connection));
/// # Ok::<(), carafe::signals::ReceiverError>(())
/// ```
pub struct Signal<P: ?Sized, K = Awaited>(Arc<Shared<P>>, PhantomData<fn() -> K>);

/// Marks signals that are sent where receivers can be waited for.
#[derive(Debug, Clone, Copy)]
pub struct Awaited;

/// Marks signals that are sent by synchronous functions: their receivers are synchronous too.
///
/// *Beyond Flask:* Flask blocks a thread while an asynchronous receiver runs.
#[derive(Debug, Clone, Copy)]
pub struct Immediate;

/// The kinds of signals that asynchronous receivers can be connected to.
#[diagnostic::on_unimplemented(
    message = "the receivers of this signal cannot be asynchronous",
    label = "this signal is sent by a synchronous function",
    note = "`flash` and `render_template` tell their receivers and go on at once",
    note = "connect a synchronous receiver with `connect`; it may start work that goes on with `carafe::spawn` or \
            `after_response`"
)]
pub trait AwaitsReceivers {}

impl AwaitsReceivers for Awaited {}

struct Shared<P: ?Sized> {
    name: &'static str,
    /// How many receivers there are, so that a signal without any costs one load.
    count: AtomicUsize,
    /// Replaced as a whole and never held while receivers run: they may connect and disconnect.
    state: Mutex<State<P>>,
}

struct State<P: ?Sized> {
    last: u64,
    receivers: Arc<[(Connection, Receiver<P>)]>,
}

enum Receiver<P: ?Sized> {
    Sync(Arc<SyncReceiver<P>>),
    Async(Arc<AsyncReceiver<P>>),
}

type SyncReceiver<P> = dyn Fn(&P) -> Result<(), ReceiverError> + Send + Sync;
type AsyncReceiver<P> = dyn for<'a> Fn(&'a P) -> ReceiverFuture<'a> + Send + Sync;
type ReceiverFuture<'a> = Pin<Box<dyn Future<Output = Result<(), ReceiverError>> + Send + 'a>>;

/// Names one connection of a receiver, to [disconnect](Signal::disconnect) it.
///
/// Dropping it leaves the receiver connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Connection(u64);

/// What a receiver may return: nothing, or a `Result` with any error.
#[diagnostic::on_unimplemented(
    message = "a receiver of a signal cannot return `{Self}`",
    note = "return `()` or `Result<(), E>`",
    note = "an asynchronous receiver is connected with `connect_async(|payload| Box::pin(async move {{ … }}))`"
)]
pub trait ReceiverOutcome {
    /// Returns the error, if it is one.
    ///
    /// # Errors
    /// The receiver failed.
    fn into_result(self) -> Result<(), ReceiverError>;
}

impl ReceiverOutcome for () {
    fn into_result(self) -> Result<(), ReceiverError> {
        Ok(())
    }
}

impl<E: Into<ReceiverError>> ReceiverOutcome for Result<(), E> {
    fn into_result(self) -> Result<(), ReceiverError> {
        self.map_err(Into::into)
    }
}

impl<P: ?Sized> Signal<P> {
    /// Creates a signal that nobody listens to yet.
    pub fn new(name: &'static str) -> Signal<P> {
        Signal(Shared::of(name), PhantomData)
    }
}

impl<P: ?Sized> Signal<P, Immediate> {
    /// Creates a signal that only synchronous receivers can be connected to, as [`send`](Self::send) cannot wait
    /// for others.
    pub fn immediate(name: &'static str) -> Self {
        Signal(Shared::of(name), PhantomData)
    }
}

impl<P: ?Sized, K> Signal<P, K> {
    /// Returns the name of the signal.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// Says whether anybody listens. What is costly to tell need not be made otherwise.
    #[inline]
    pub fn has_receivers(&self) -> bool {
        self.0.count.load(Ordering::Relaxed) != 0
    }

    /// Connects a receiver. It may return nothing, or a `Result` whose error ends the sending.
    ///
    /// *Flask:* `signal.connect(receiver)`. Possible at any time, also while the app serves; receivers
    /// run in the order they were connected in.
    pub fn connect<O: ReceiverOutcome>(
        &self,
        receiver: impl Fn(&P) -> O + Send + Sync + 'static,
    ) -> Connection {
        self.0.add(Receiver::Sync(Arc::new(move |payload| {
            receiver(payload).into_result()
        })))
    }

    /// Connects an asynchronous receiver, which may keep what it is told while it waits.
    ///
    /// *Flask:* `signal.connect` with a coroutine function.
    ///
    /// ```
    /// # use carafe::signals::{ReceiverError, Signal};
    /// let signal: Signal<u32> = Signal::new("counted");
    /// signal.connect_async(|number| Box::pin(async move {
    ///     // .await something
    ///     if *number > 9 { Err("too many") } else { Ok(()) }
    /// }));
    /// ```
    pub fn connect_async<O, F>(&self, receiver: F) -> Connection
    where
        O: ReceiverOutcome + 'static,
        F: for<'a> Fn(&'a P) -> Pin<Box<dyn Future<Output = O> + Send + 'a>>
            + Send
            + Sync
            + 'static,
        P: 'static,
        K: AwaitsReceivers,
    {
        self.0.add(Receiver::Async(Arc::new(move |payload| {
            let outcome = receiver(payload);
            Box::pin(async move { outcome.await.into_result() })
        })))
    }

    /// Connects a receiver for as long as the guard lives. *Flask:* `with signal.connected_to(receiver)`.
    pub fn connected_to<O: ReceiverOutcome>(
        &self,
        receiver: impl Fn(&P) -> O + Send + Sync + 'static,
    ) -> ConnectedToGuard<P> {
        let connection = self.connect(receiver);
        ConnectedToGuard {
            signal: Arc::downgrade(&self.0),
            connection,
        }
    }

    /// Disconnects a receiver; says whether it was connected. *Flask:* `signal.disconnect(receiver)`.
    pub fn disconnect(&self, connection: Connection) -> bool {
        self.0.remove(connection)
    }

    /// Tells all receivers, one after the other. *Flask:* `signal.send(sender, ...)`.
    ///
    /// # Errors
    /// Returns the first error of a receiver; those after it are not told. An asynchronous receiver
    /// cannot be waited for here and counts as failed.
    pub fn send(&self, payload: &P) -> Result<(), ReceiverError> {
        if !self.has_receivers() {
            return Ok(());
        }
        for (_, receiver) in self.0.receivers().iter() {
            match receiver {
                Receiver::Sync(receiver) => receiver(payload)?,
                Receiver::Async(_) => return Err(NotAwaitable(self.0.name).into()),
            }
        }
        Ok(())
    }

    /// Tells all receivers, one after the other. *Flask:* `await signal.send_async(sender, ...)`.
    ///
    /// # Errors
    /// Returns the first error of a receiver; those after it are not told.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the receivers not yet reached untold.
    pub async fn send_async(&self, payload: &P) -> Result<(), ReceiverError> {
        if !self.has_receivers() {
            return Ok(());
        }
        for (_, receiver) in self.0.receivers().iter() {
            match receiver {
                Receiver::Sync(receiver) => receiver(payload)?,
                Receiver::Async(receiver) => receiver(payload).await?,
            }
        }
        Ok(())
    }
}

impl<P: ?Sized> Shared<P> {
    fn of(name: &'static str) -> Arc<Self> {
        let state = State {
            last: 0,
            receivers: Arc::new([]),
        };
        Arc::new(Shared {
            name,
            count: AtomicUsize::new(0),
            state: Mutex::new(state),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State<P>> {
        // The state is replaced in one assignment, so that a panic cannot leave it half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receivers(&self) -> Arc<[(Connection, Receiver<P>)]> {
        self.lock().receivers.clone()
    }

    fn add(&self, receiver: Receiver<P>) -> Connection {
        let mut state = self.lock();
        state.last += 1;
        let connection = Connection(state.last);
        let mut receivers = state.receivers.to_vec();
        receivers.push((connection, receiver));
        self.replace(state, receivers);
        connection
    }

    fn remove(&self, connection: Connection) -> bool {
        let state = self.lock();
        let mut receivers = state.receivers.to_vec();
        receivers.retain(|(known, _)| *known != connection);
        let found = receivers.len() != state.receivers.len();
        self.replace(state, receivers);
        found
    }

    fn replace(
        &self,
        mut state: MutexGuard<'_, State<P>>,
        receivers: Vec<(Connection, Receiver<P>)>,
    ) {
        self.count.store(receivers.len(), Ordering::Relaxed);
        let former = std::mem::replace(&mut state.receivers, receivers.into());
        // Dropping a receiver runs code of the user, who may use the signal in it.
        drop(state);
        drop(former);
    }
}

impl<P: ?Sized, K> Clone for Signal<P, K> {
    fn clone(&self) -> Self {
        Signal(self.0.clone(), PhantomData)
    }
}

impl<P: ?Sized> Clone for Receiver<P> {
    fn clone(&self) -> Receiver<P> {
        match self {
            Receiver::Sync(receiver) => Receiver::Sync(receiver.clone()),
            Receiver::Async(receiver) => Receiver::Async(receiver.clone()),
        }
    }
}

impl<P: ?Sized, K> fmt::Debug for Signal<P, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let receivers = self.0.count.load(Ordering::Relaxed);
        f.debug_struct("Signal")
            .field("name", &self.0.name)
            .field("receivers", &receivers)
            .finish()
    }
}

/// Keeps a receiver connected until it is dropped; see [`Signal::connected_to`].
#[must_use = "the receiver is disconnected when the guard is dropped"]
pub struct ConnectedToGuard<P: ?Sized> {
    signal: Weak<Shared<P>>,
    connection: Connection,
}

impl<P: ?Sized> Drop for ConnectedToGuard<P> {
    fn drop(&mut self) {
        if let Some(signal) = self.signal.upgrade() {
            signal.remove(self.connection);
        }
    }
}

impl<P: ?Sized> fmt::Debug for ConnectedToGuard<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConnectedToGuard")
            .field(&self.connection)
            .finish()
    }
}

/// A signal was sent where its asynchronous receivers cannot be waited for.
#[derive(Debug)]
struct NotAwaitable(&'static str);

impl fmt::Display for NotAwaitable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the signal {} is sent by synchronous code and cannot wait for an async receiver",
            self.0
        )
    }
}

impl StdError for NotAwaitable {}

#[cfg(test)]
mod tests;
