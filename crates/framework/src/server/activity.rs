//! What a connection is at: known to its socket, to its requests and to the watch over idle connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

/// A request is being answered: the time is the app's.
const BUSY: u32 = u32::MAX;

/// What a connection is at, and when it last did something, in sweeps since the worker began.
///
/// The connection's task changes it, and whoever reads a body or drops a stream in a task of its own. Each value is
/// for itself: none tells that others are there, so that their order does not matter.
#[derive(Debug)]
pub(crate) struct Activity {
    now: Arc<AtomicU32>,
    last: AtomicU32,
    /// Whether a request is being answered.
    under_way: Flag,
    /// Whether something of its body has not been read.
    body_left: Flag,
    /// Whether whoever reads its body has been told that it breaks off.
    broken_off: Flag,
    /// Whether the client may be sending still: the body of the last request, or what is no request.
    may_send: Flag,
    /// How many bytes have come at the most since the last request, and how many between it and the one before.
    come: AtomicUsize,
    came_before: AtomicUsize,
    /// Whether answers wait for others to be written along with.
    held: Flag,
    /// Whether they are to wait no longer.
    released: Flag,
}

/// Yes or no, whichever was said last.
#[derive(Debug, Default)]
struct Flag(AtomicBool);

impl Flag {
    fn set(&self, value: bool) {
        self.0.store(value, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Activity {
    /// That of a connection that begins now.
    pub(crate) fn new(now: Arc<AtomicU32>) -> Self {
        let last = AtomicU32::new(now.load(Ordering::Relaxed));
        Self {
            now,
            last,
            under_way: Flag::default(),
            body_left: Flag::default(),
            broken_off: Flag::default(),
            may_send: Flag::default(),
            come: AtomicUsize::default(),
            came_before: AtomicUsize::default(),
            held: Flag::default(),
            released: Flag::default(),
        }
    }

    /// A request has arrived.
    pub(crate) fn busy(&self, has_body: bool) {
        self.under_way.set(true);
        self.body_left.set(has_body);
        self.may_send.set(has_body);
        self.last.store(BUSY, Ordering::Relaxed);
        let come = self.come.load(Ordering::Relaxed);
        if come > 0 {
            self.come.store(0, Ordering::Relaxed);
            self.came_before.store(come, Ordering::Relaxed);
        }
    }

    /// The most bytes that the head which comes next can have.
    ///
    /// hyper reads when it has nothing left, or when the head that it has is not complete. So what it had left after
    /// the request before had come since the one before that, and the rest has come since.
    pub(crate) fn most_come(&self) -> usize {
        let before = self.came_before.load(Ordering::Relaxed);
        before.saturating_add(self.come.load(Ordering::Relaxed))
    }

    /// Whether a request has come yet.
    pub(crate) fn has_asked(&self) -> bool {
        self.came_before.load(Ordering::Relaxed) > 0
    }

    /// The app waits for the client, to send more of its body or to read more of the answer: the time is the
    /// client's.
    pub(crate) fn awaits_client(&self) {
        if self.last.load(Ordering::Relaxed) == BUSY {
            self.notes_time();
        }
    }

    /// The client has done what was waited for.
    pub(crate) fn goes_on(&self) {
        if self.under_way.get() {
            self.last.store(BUSY, Ordering::Relaxed);
        }
    }

    /// All of the body of the last request has been read.
    pub(crate) fn has_read_body(&self) {
        self.body_left.set(false);
    }

    /// The body of the last request breaks off, as whoever reads it is told.
    pub(crate) fn breaks_off(&self) {
        self.broken_off.set(true);
    }

    /// Whether it was told so.
    pub(crate) fn has_broken_off(&self) -> bool {
        self.broken_off.get()
    }

    /// Whether something of the body of the last request has not been read.
    pub(crate) fn leaves_body(&self) -> bool {
        self.body_left.get()
    }

    /// Bytes have come, so many at the most, of which nobody knows yet whether they end.
    pub(crate) fn has_read(&self, most: usize) {
        self.may_send.set(true);
        let come = self.come.load(Ordering::Relaxed).saturating_add(most);
        self.come.store(come, Ordering::Relaxed);
    }

    /// Whether the client may be sending still.
    pub(crate) fn may_send(&self) -> bool {
        self.may_send.get()
    }

    /// The connection waits for the next request: for its first byte, and for the rest of its head.
    pub(crate) fn idle(&self) {
        self.under_way.set(false);
        self.notes_time();
    }

    /// A part of a response was sent.
    pub(crate) fn wrote(&self) {
        if self.last.load(Ordering::Relaxed) != BUSY {
            self.notes_time();
        }
    }

    /// Whether a request is being answered.
    pub(crate) fn is_under_way(&self) -> bool {
        self.under_way.get()
    }

    /// Says whether answers wait for others to be written along with.
    pub(crate) fn set_held(&self, held: bool) {
        self.held.set(held);
    }

    /// Says whether they are to wait no longer.
    pub(crate) fn set_released(&self, released: bool) {
        self.released.set(released);
    }

    /// Whether answers wait that nobody has asked for yet.
    pub(crate) fn holds_back(&self) -> bool {
        self.held.get() && !self.released.get()
    }

    /// Whether what waits is to be written at once: while an answer is on its way nothing else comes along.
    pub(crate) fn flushes_at_once(&self) -> bool {
        self.released.get() || self.under_way.get()
    }

    /// Whether the client has had the time for more sweeps than it may.
    pub(crate) fn is_late(&self, now: u32, timeout: u32) -> bool {
        let last = self.last.load(Ordering::Relaxed);
        last != BUSY && now.saturating_sub(last) > timeout
    }

    fn notes_time(&self) {
        self.last
            .store(self.now.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}
