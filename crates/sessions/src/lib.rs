//! Flask's session system, as a library of its own.
//!
//! A [`SessionInterface`] opens a session at the start of a request and saves it at the end;
//! everything else asks it. The default one, the [`SecureCookieSessionInterface`] family, keeps
//! the session in a signed cookie that Flask reads and writes too.
//!
//! The crate knows no web framework: what it needs of the app and of the request stands in two
//! traits, [`SessionConfig`] and [`SessionRequest`], which the framework implements.
//!
//! ```
//! use std::borrow::Cow;
//!
//! use carafe_sessions::{AnySessionInterface, SecureCookieSessionInterface, SessionContext};
//!
//! /// The cookie's name depends on the path.
//! struct PathAware;
//!
//! impl SecureCookieSessionInterface for PathAware {
//!     fn cookie_name<'a>(&self, cx: &SessionContext<'a>) -> Cow<'a, str> {
//!         match cx.request().path().starts_with("/admin") {
//!             true => "admin_session".into(),
//!             false => cx.config().session_cookie_name().into(),
//!         }
//!     }
//! }
//!
//! let session_interface: AnySessionInterface = PathAware.into();
//! # let _ = session_interface;
//! ```

pub mod acceptance; // the suite that every store must pass
pub mod cookie; // the signed cookie: interface, default behavior, Set-Cookie
mod error; // SessionError
mod host; // what the framework lends: config, request, response head
mod interface; // SessionInterface and its erased form
mod json; // the text of a session's values
mod null; // NullSession
pub mod server_side; // sessions in a store
mod session; // SessionMixin, the session's state, its boxed form
pub mod signing; // keys, signatures, timestamps
mod value; // what a session holds
mod vary; // the Vary header

pub use crate::cookie::interface::{
    SecureCookie, SecureCookieSession, SecureCookieSessionInterface,
};
pub use crate::error::{SessionError, SessionErrorKind};
pub use crate::host::{
    ResponseHead, RoutingFailed, SameSite, SessionConfig, SessionContext, SessionRequest,
};
pub use crate::interface::{AnySessionInterface, MaybeReady, SessionInterface};
pub use crate::json::{JsonStyle, JsonTag, SessionSerializer, TaggedJson, python_json};
pub use crate::null::NullSession;
pub use crate::session::{BoxSession, Entry, SessionMixin, SessionState};

pub use crate::value::{
    BigInt, Custom, DateTime, Dict, Markup, Text, Uuid, Value, from_value, to_value,
};
