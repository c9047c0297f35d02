//! Sessions whose values live in a store and whose cookie holds an id. Beyond Flask.
//!
//! Made for what session layers get wrong: two requests of one session that overwrite each
//! other's keys, a slow request that saves after a logout and brings the session back, an id
//! that survives the login.
//!
//! * A session notes its changes by key, and the store merges them.
//! * A store never makes a record but by [`SessionStore::create`], and remembers what it deleted.
//! * [`regenerate`](crate::SessionMixin::regenerate) moves a session to a new id at login.
//! * [`set_subject`](crate::SessionMixin::set_subject) says whose session it is;
//!   [`SessionStore::delete_for_subject`] ends all of them.
//! * There is no record and no cookie until a key is set, and an id that a client made up is
//!   never adopted.

mod changes; // Changes
mod interface; // ServerSideSessionInterface
mod memory; // MemoryStore
mod session; // ServerSideSession
mod shared; // a store behind an Arc
mod store; // SessionStore, Record, SessionId

pub use crate::server_side::changes::Changes;
pub use crate::server_side::interface::ServerSideSessionInterface;
pub use crate::server_side::memory::MemoryStore;
pub use crate::server_side::session::ServerSideSession;
pub use crate::server_side::store::{Applied, Record, Revision, SessionId, SessionStore, Terms};
