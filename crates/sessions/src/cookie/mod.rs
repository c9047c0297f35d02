//! The session in a signed cookie, and the cookies that carry it.

pub mod behavior; // what Flask does to open and save; `super()` for an override
pub(crate) mod cache; // the signer, made once
pub(crate) mod interface; // SecureCookieSessionInterface
pub(crate) mod quote; // quoting of a value
pub(crate) mod set_cookie; // SetCookie

pub use crate::cookie::set_cookie::SetCookie;
