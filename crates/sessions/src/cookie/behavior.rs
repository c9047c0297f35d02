//! What Flask does to open and save a session in a signed cookie.
//!
//! These functions are what an override calls for the inherited behavior, where Python would say
//! `super()`. They ask the interface for every step, so that they see what it overrides.

use http::header;

use crate::cookie::interface::SecureCookieSessionInterface;
use crate::cookie::set_cookie::SetCookie;
use crate::error::SessionError;
use crate::host::{ResponseHead, SessionContext};
use crate::session::{BoxSession, SessionMixin};
use crate::value::Dict;

/// Opens the session that the request's cookie holds.
///
/// *Flask:* `SecureCookieSessionInterface.open_session`. A cookie that is missing, forged,
/// truncated, expired or from the future gives an empty session. `None` means that there is no
/// secret key.
///
/// # Errors
///
/// The cookie is rightly signed and yet unreadable: something else signs with this key.
pub fn open_session<I: SecureCookieSessionInterface + ?Sized>(
    interface: &I,
    cx: &SessionContext<'_>,
) -> Result<Option<BoxSession>, SessionError> {
    match cx.config().secret_key() {
        None | Some(b"") => Ok(None),
        Some(_) => Ok(Some(interface.make_session(Dict::new()))),
    }
}

/// Saves the session into its cookie, or removes the cookie of an emptied session.
///
/// *Flask:* `SecureCookieSessionInterface.save_session`.
///
/// # Errors
///
/// The session or the cookie's attributes cannot be written.
pub fn save_session<I: SecureCookieSessionInterface + ?Sized>(
    interface: &I,
    cx: &SessionContext<'_>,
    session: &mut dyn SessionMixin,
    response: &mut ResponseHead<'_>,
) -> Result<(), SessionError> {
    if session.accessed() {
        response.add_vary(header::COOKIE);
    }
    if session.is_empty() {
        if session.modified() {
            response.delete_cookie(cookie(interface, cx, String::new()))?;
            response.add_vary(header::COOKIE);
        }
        return Ok(());
    }
    if !interface.should_set_cookie(cx, session) {
        return Ok(());
    }
    let value = String::new();
    let cookie = cookie(interface, cx, value).expires(interface.expiration_time(cx, session));
    response.set_cookie(&cookie)?;
    response.add_vary(header::COOKIE);
    Ok(())
}

fn cookie<'a, I: SecureCookieSessionInterface + ?Sized>(
    interface: &'a I,
    cx: &SessionContext<'a>,
    value: String,
) -> SetCookie<'a> {
    SetCookie::new(interface.cookie_name(cx), value)
        .domain(interface.cookie_domain(cx))
        .path(Some(interface.cookie_path(cx)))
        .secure(interface.cookie_secure(cx))
        .httponly(interface.cookie_httponly(cx))
        .samesite(interface.cookie_samesite(cx))
        .partitioned(interface.cookie_partitioned(cx))
        .max_size(cx.config().max_cookie_size())
}
