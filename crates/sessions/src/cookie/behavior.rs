//! What Flask does to open and save a session in a signed cookie.
//!
//! These functions are what an override calls for the inherited behavior, where Python would say
//! `super()`. They ask the interface for every step, so that they see what it overrides.

use http::header;

use crate::cookie::interface::SecureCookieSessionInterface;
use crate::cookie::set_cookie::SetCookie;
use crate::error::{SessionError, SessionErrorKind};
use crate::host::{ResponseHead, SessionContext};
use crate::json::JsonStyle;
use crate::session::{BoxSession, SessionMixin};
use crate::signing::{SignError, SignErrorKind, Signer, TimestampSigner, into_text, payload};
use crate::value::{Dict, Value};

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
    let Some(secret_key) = cx.config().secret_key().filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    let name = interface.cookie_name(cx);
    let cookie = match cx.request().cookie(&name) {
        Some(cookie) if !cookie.is_empty() => cookie,
        _ => return Ok(Some(interface.make_session(Dict::new()))),
    };
    let values = match read_cookie(interface, cx, secret_key, &cookie) {
        Ok(value) => mapping_of(value)?,
        Err(error) if error.is_bad_signature() => Dict::new(),
        Err(error) => return Err(unreadable().with_source(error)),
    };
    Ok(Some(interface.make_session(values)))
}

/// Verifies and reads a cookie. *Flask:* `s.loads(val, max_age=max_age)`.
fn read_cookie<I: SecureCookieSessionInterface + ?Sized>(
    interface: &I,
    cx: &SessionContext<'_>,
    secret_key: &[u8],
    cookie: &str,
) -> Result<Value, SignError> {
    let lifetime = cx.config().permanent_session_lifetime();
    let signer = signer(interface, cx, secret_key);
    let timed = signer.unsign_bytes_at(cookie.as_bytes(), Some(lifetime), cx.now())?;
    let json = payload::decode(timed.value)?;
    let bad = || SignError::new(SignErrorKind::BadPayload);
    let json = std::str::from_utf8(&json).map_err(|cause| bad().with_source(cause))?;
    interface
        .serializer()
        .loads(json)
        .map_err(|cause| bad().with_source(cause))
}

/// Signs what a session holds. *Flask:* `s.dumps(dict(session))`.
fn write_cookie<I: SecureCookieSessionInterface + ?Sized>(
    interface: &I,
    cx: &SessionContext<'_>,
    session: &mut dyn SessionMixin,
) -> Result<String, SessionError> {
    let Some(secret_key) = cx.config().secret_key().filter(|key| !key.is_empty()) else {
        return Err(SessionError::no_secret_key());
    };
    let style = JsonStyle {
        sort_keys: cx.config().json_sort_keys(),
        ensure_ascii: cx.config().json_ensure_ascii(),
    };
    let json = session.with_dict_value(|values| interface.serializer().dumps(values, style))?;
    let mut cookie = payload::encode(json.as_bytes());
    signer(interface, cx, secret_key).sign_onto(&mut cookie, cx.now());
    Ok(into_text(cookie))
}

/// Makes the signer of the session's cookie. *Flask:* `get_signing_serializer`.
fn signer<I: SecureCookieSessionInterface + ?Sized>(
    interface: &I,
    cx: &SessionContext<'_>,
    secret_key: &[u8],
) -> TimestampSigner {
    TimestampSigner::from_signer(Signer::derive(
        secret_key,
        cx.config().secret_key_fallbacks().iter().map(Vec::as_slice),
        (&interface.salt(), b"."),
        (interface.digest(), interface.key_derivation()),
    ))
}

/// Returns what Python's `dict()` makes of a cookie's value.
fn mapping_of(value: Value) -> Result<Dict, SessionError> {
    match value {
        Value::Dict(dict) => Ok(dict),
        Value::Null => Ok(Dict::new()),
        Value::Bytes(bytes) if bytes.is_empty() => Ok(Dict::new()),
        Value::Str(text) if text.is_empty() => Ok(Dict::new()),
        Value::Markup(markup) if markup.text().is_empty() => Ok(Dict::new()),
        Value::List(items) | Value::Tuple(items) if items.is_empty() => Ok(Dict::new()),
        _ => Err(unreadable()),
    }
}

fn unreadable() -> SessionError {
    SessionError::new(
        SessionErrorKind::Unreadable,
        "the session cookie is rightly signed and cannot be read: something else signs with \
         this key",
    )
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
    let value = write_cookie(interface, cx, session)?;
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
