//! What Flask does to open and save a session in a signed cookie.
//!
//! These functions are what an override calls for the inherited behavior, where Python would say
//! `super()`. They ask the interface for every step, so that they see what it overrides.

use http::header;

use crate::cookie::cache::{Held, Recipe};
use crate::cookie::interface::SecureCookieSessionInterface;
use crate::cookie::set_cookie::SetCookie;
use crate::error::{SessionError, SessionErrorKind};
use crate::host::{ResponseHead, SessionContext};
use crate::json::{JsonStyle, SessionSerializer};
use crate::session::{BoxSession, SessionMixin};
use crate::signing::UrlSafeTimedSerializer;
use crate::value::{Dict, Text, Value};

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
    let Some(secret_key) = secret_key(cx) else {
        return Ok(None);
    };
    let name = interface.cookie_name(cx);
    let cookie = match cx.request().cookie(&name) {
        Some(cookie) if !cookie.is_empty() => cookie,
        _ => return Ok(Some(interface.make_session(Dict::new()))),
    };
    let lifetime = cx.config().permanent_session_lifetime();
    let loaded = held_serializer(interface, cx, secret_key).loads_value(
        &cookie,
        interface.serializer(),
        Some(lifetime),
        cx.now(),
    );
    let values = match loaded {
        Ok(timed) => mapping_of(timed.value)?,
        Err(error) if error.is_bad_signature() => Dict::new(),
        Err(error) => return Err(unreadable().with_source(error)),
    };
    Ok(Some(interface.make_session(values)))
}

/// Makes what signs and reads the cookie; none without a secret key.
///
/// *Flask:* `get_signing_serializer`. Older keys verify, the current one signs.
pub fn signing_serializer<I: SecureCookieSessionInterface + ?Sized>(
    interface: &I,
    cx: &SessionContext<'_>,
) -> Option<UrlSafeTimedSerializer> {
    let salt = interface.salt();
    Some(recipe(interface, cx, secret_key(cx)?, &salt).make())
}

fn secret_key<'a>(cx: &SessionContext<'a>) -> Option<&'a [u8]> {
    cx.config().secret_key().filter(|key| !key.is_empty())
}

fn recipe<'a, I: SecureCookieSessionInterface + ?Sized>(
    interface: &I,
    cx: &SessionContext<'a>,
    secret_key: &'a [u8],
    salt: &'a [u8],
) -> Recipe<'a> {
    Recipe {
        secret_key,
        older_keys: cx.config().secret_key_fallbacks(),
        salt,
        digest: interface.digest(),
        key_derivation: interface.key_derivation(),
    }
}

/// Returns the signer that the app's interface keeps, or makes one.
fn held_serializer<'a, I: SecureCookieSessionInterface + ?Sized>(
    interface: &I,
    cx: &SessionContext<'a>,
    secret_key: &[u8],
) -> Held<'a> {
    let salt = interface.salt();
    let recipe = recipe(interface, cx, secret_key, &salt);
    match cx.cache() {
        Some(cache) => cache.get(recipe),
        None => Held::Made(Box::new(recipe.make())),
    }
}

/// Appends what a session holds, signed. *Flask:* `s.dumps(dict(session))`.
fn write_value<I: SecureCookieSessionInterface + ?Sized>(
    interface: &I,
    cx: &SessionContext<'_>,
    session: &mut dyn SessionMixin,
    text: &mut Vec<u8>,
) -> Result<(), SessionError> {
    let secret_key = secret_key(cx).ok_or_else(SessionError::no_secret_key)?;
    let serializer = held_serializer(interface, cx, secret_key);
    let style = JsonStyle {
        sort_keys: cx.config().json_sort_keys(),
        ensure_ascii: cx.config().json_ensure_ascii(),
    };
    let written = session.with_dict_value(|values| {
        serializer.dumps_value_onto(text, values, (interface.serializer(), style), cx.now())
    });
    written.map_err(|cause| {
        SessionError::new(SessionErrorKind::Value, "the session cannot be written")
            .with_source(cause)
    })
}

/// Returns what Python's `dict()` makes of a cookie's value.
fn mapping_of(value: Value) -> Result<Dict, SessionError> {
    match value {
        Value::Dict(dict) => Ok(dict),
        Value::Null => Ok(Dict::new()),
        Value::Bytes(bytes) if bytes.is_empty() => Ok(Dict::new()),
        Value::Str(text) if text.is_empty() => Ok(Dict::new()),
        Value::Markup(markup) if markup.text().is_empty() => Ok(Dict::new()),
        Value::List(items) | Value::Tuple(items) => items.into_iter().map(pair_of).collect(),
        _ => Err(unreadable()),
    }
}

/// Returns the key and the value that Python's `dict()` takes from an item of a list.
fn pair_of(item: Value) -> Result<(Text, Value), SessionError> {
    let pair = match item {
        Value::List(items) | Value::Tuple(items) => <[Value; 2]>::try_from(items).ok(),
        Value::Str(text) => {
            let characters = text.code_points().map(Text::from_code_point);
            let characters: Vec<Value> = characters.map(Value::from).collect();
            <[Value; 2]>::try_from(characters).ok()
        }
        _ => None,
    };
    match pair {
        Some([Value::Str(key), value]) => Ok((key, value)),
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
    let accessed = session.accessed();
    if accessed {
        response.add_vary_cookie();
    }
    if session.is_empty() {
        if session.modified() {
            response.delete_cookie(cookie(interface, cx))?;
            response.add_vary_cookie();
        }
        return Ok(());
    }
    if !interface.should_set_cookie(cx, session) {
        return Ok(());
    }
    let mut cookie = cookie(interface, cx);
    cookie.set_expires(interface.expiration_time(cx, session));
    let (header, value_size) =
        cookie.header_value_around(|text| write_value(interface, cx, session, text))?;
    let limit = cx.config().max_cookie_size();
    if limit != 0 && header.len() > limit {
        let name = interface.cookie_name(cx);
        let largest = largest_keys(interface.serializer(), session);
        warn_of_size(&name, (value_size, header.len(), limit), &largest);
    }
    response.headers_mut().append(header::SET_COOKIE, header);
    if !accessed {
        response.add_vary_cookie();
    }
    Ok(())
}

/// Warns of a cookie that a browser may ignore: in Werkzeug's words, and where to look.
fn warn_of_size(name: &str, (value, header, limit): (usize, usize, usize), largest: &str) {
    tracing::warn!(
        target: "carafe::session",
        "The '{name}' cookie is too large: the value was {value} bytes but the header required {} \
         extra bytes. The final size was {header} bytes but the limit is {limit} bytes. Browsers \
         may silently ignore cookies larger than this. The largest keys of the session: {largest}.",
        header - value,
    );
}

/// Names the three keys that take most of the JSON, with their bytes.
fn largest_keys(serializer: &dyn SessionSerializer, session: &dyn SessionMixin) -> String {
    let size = |value: &Value| {
        let json = serializer.dumps(value, JsonStyle::default());
        json.map_or(0, |json| json.len())
    };
    let mut keys: Vec<(usize, &Text)> = session
        .iter()
        .map(|(key, value)| (size(value), key))
        .collect();
    keys.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    let named = keys
        .iter()
        .take(3)
        .map(|(size, key)| format!("'{key}' ({size} bytes)"));
    named.collect::<Vec<_>>().join(", ")
}

/// Makes the session's cookie, its value left empty.
fn cookie<'a, I: SecureCookieSessionInterface + ?Sized>(
    interface: &'a I,
    cx: &SessionContext<'a>,
) -> SetCookie<'a> {
    // Filled in place: moved from setter to setter, so large a thing costs more than its header.
    let mut cookie = SetCookie::new(interface.cookie_name(cx), "");
    cookie.domain = interface.cookie_domain(cx);
    cookie.path = Some(interface.cookie_path(cx));
    cookie.secure = interface.cookie_secure(cx);
    cookie.httponly = interface.cookie_httponly(cx);
    cookie.samesite = interface.cookie_samesite(cx);
    cookie.partitioned = interface.cookie_partitioned(cx);
    // Whoever writes the cookie warns with more than its size.
    cookie.max_size = 0;
    cookie
}
