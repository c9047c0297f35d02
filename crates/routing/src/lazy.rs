//! The match of one request, computed on first demand and kept.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use crate::{Map, Match, MatchError};

/// Keeps the match of one request: computed at most once, by whoever asks first.
///
/// A converter that asks for the match it is part of gets [`ReentrantMatch`]
/// instead of a deadlock. When computing panics the cell stays empty and the
/// next caller computes.
///
/// *Beyond Flask:* Werkzeug has no such value; Flask keeps the result on its
/// request context.
///
/// ```
/// use carafe_routing::{LazyMatch, Map, Bind, Rule};
///
/// let mut map = Map::default();
/// map.add(Rule::new("/"))?;
/// let urls = map.bind(Bind::new("localhost"))?;
/// let lazy = LazyMatch::new();
/// let first = lazy.get_or_match(|| urls.match_path("/", "GET", false))?;
/// assert!(first.is_ok());
/// assert!(lazy.get_or_match(|| unreachable!()).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LazyMatch(State);

#[derive(Debug)]
enum State {
    /// It was known when the cell was made, and shows once somebody asks for it.
    Known {
        result: Result<Match, MatchError>,
        asked: AtomicBool,
    },
    OnDemand(OnDemand),
}

#[derive(Debug)]
struct OnDemand {
    result: OnceLock<Result<Match, MatchError>>,
    /// The thread that computes right now; 0 for none.
    computing: AtomicUsize,
    /// How many other threads wait meanwhile, which hardly ever happens, and where.
    waiters: AtomicUsize,
    waiting: Mutex<()>,
    finished: Condvar,
}

thread_local! {
    /// Its address tells threads apart that live at the same time.
    static MARK: u8 = const { 1 };
}

impl LazyMatch {
    /// Makes an empty cell.
    #[must_use]
    pub const fn new() -> Self {
        Self(State::OnDemand(OnDemand {
            result: OnceLock::new(),
            computing: AtomicUsize::new(0),
            waiters: AtomicUsize::new(0),
            waiting: Mutex::new(()),
            finished: Condvar::new(),
        }))
    }

    /// Makes a cell of a match that is known already. It behaves as if it were computed on demand.
    #[must_use]
    pub const fn known(result: Result<Match, MatchError>) -> Self {
        Self(State::Known {
            result,
            asked: AtomicBool::new(false),
        })
    }

    /// Matches a percent-decoded path without binding the map to a host.
    ///
    /// Makes known what an adapter of this subdomain would answer, for less. The cell stays as it is where that
    /// is for an adapter to answer: what may end in a redirect, what converters of your own have a say in, and
    /// all of a map that matches hosts. So no code of yours runs in here.
    ///
    /// *Beyond Werkzeug.*
    ///
    /// ```
    /// use carafe_routing::{LazyMatch, Map, Rule};
    ///
    /// let mut map = Map::default();
    /// map.add(Rule::new("/user/<int:id>").endpoint("user"))?;
    /// map.add(Rule::new("/branch/").endpoint("branch"))?;
    /// let mut lazy = LazyMatch::new();
    /// lazy.match_direct(&map, "", "/branch", "GET", false);
    /// assert!(!lazy.show());
    /// lazy.match_direct(&map, "", "/user/7", "GET", false);
    /// assert!(lazy.show());
    /// # Ok::<(), carafe_routing::RuleError>(())
    /// ```
    #[inline]
    pub fn match_direct(
        &mut self,
        map: &Map,
        subdomain: &str,
        path: &str,
        method: &str,
        websocket: bool,
    ) {
        map.match_direct(subdomain, path, method, websocket, |result| {
            *self = Self::known(result);
        });
    }

    /// Asks for a match that was known when the cell was made; tells whether it was.
    ///
    /// It shows from then on, as if it had been computed for whoever asked.
    ///
    /// ```
    /// use carafe_routing::{LazyMatch, MatchError};
    ///
    /// let known = LazyMatch::known(Err(MatchError::NotFound));
    /// assert!(known.get().is_none());
    /// assert!(known.show() && known.get().is_some());
    ///
    /// let lazy = LazyMatch::new();
    /// assert!(!lazy.show() && lazy.get().is_none());
    /// ```
    pub fn show(&self) -> bool {
        match &self.0 {
            State::Known { asked, .. } => {
                asked.store(true, Ordering::Release);
                true
            }
            State::OnDemand(_) => false,
        }
    }

    /// Returns the match if somebody asked for it before.
    #[must_use]
    pub fn get(&self) -> Option<&Result<Match, MatchError>> {
        match &self.0 {
            State::Known { result, asked } => asked.load(Ordering::Acquire).then_some(result),
            State::OnDemand(cell) => cell.result.get(),
        }
    }

    /// Returns the match; computes it if nobody asked before.
    ///
    /// Other threads that ask meanwhile wait for the one that computes. No lock
    /// is held while `compute` runs.
    ///
    /// # Errors
    /// [`ReentrantMatch`] when `compute` itself asks, directly or through a
    /// converter that it runs.
    pub fn get_or_match(
        &self,
        compute: impl FnOnce() -> Result<Match, MatchError>,
    ) -> Result<&Result<Match, MatchError>, ReentrantMatch> {
        match &self.0 {
            State::Known { result, asked } => {
                asked.store(true, Ordering::Release);
                Ok(result)
            }
            State::OnDemand(cell) => cell.get_or_match(compute),
        }
    }
}

impl Default for LazyMatch {
    fn default() -> Self {
        Self::new()
    }
}

impl OnDemand {
    fn get_or_match(
        &self,
        compute: impl FnOnce() -> Result<Match, MatchError>,
    ) -> Result<&Result<Match, MatchError>, ReentrantMatch> {
        if let Some(result) = self.result.get() {
            return Ok(result);
        }
        let Some(turn) = self.take_turn()? else {
            return Ok(self
                .result
                .get()
                .expect("waiting ends when the result is there"));
        };
        let result = compute();
        let result = self.result.get_or_init(|| result);
        drop(turn);
        Ok(result)
    }

    /// Waits until this thread may compute; `None` when the result came first.
    fn take_turn(&self) -> Result<Option<TurnGuard<'_>>, ReentrantMatch> {
        let me = MARK.with(|mark| std::ptr::from_ref(mark).addr());
        loop {
            match self
                .computing
                .compare_exchange(0, me, Ordering::AcqRel, Ordering::Acquire)
            {
                // Another thread may have finished between the first look and this one.
                Ok(_) if self.result.get().is_some() => {
                    drop(TurnGuard { cell: self });
                    return Ok(None);
                }
                Ok(_) => return Ok(Some(TurnGuard { cell: self })),
                Err(thread) if thread == me => return Err(ReentrantMatch { _private: () }),
                Err(_) => self.wait(),
            }
        }
    }

    /// Waits until no thread computes.
    fn wait(&self) {
        self.waiters.fetch_add(1, Ordering::SeqCst);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while self.computing.load(Ordering::SeqCst) != 0 {
            waiting = self
                .finished
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(waiting);
        self.waiters.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Ends a thread's turn, after a panic too, so that the cell never stays locked.
struct TurnGuard<'a> {
    cell: &'a OnDemand,
}

impl Drop for TurnGuard<'_> {
    fn drop(&mut self) {
        // A thread counts itself before it looks whether anybody computes: either it sees that
        // nobody does, or it is seen here.
        self.cell.computing.store(0, Ordering::SeqCst);
        if self.cell.waiters.load(Ordering::SeqCst) == 0 {
            return;
        }
        // A thread that is about to wait holds the lock from its last look to its wait.
        drop(
            self.cell
                .waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        self.cell.finished.notify_all();
    }
}

/// Says that matching asked for its own result.
///
/// A converter runs while the match is computed, so it cannot look at the match.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReentrantMatch {
    _private: (),
}

impl fmt::Display for ReentrantMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the match of this request was asked for while it is being computed; \
             a converter cannot look at the match that it is part of",
        )
    }
}

impl std::error::Error for ReentrantMatch {}
