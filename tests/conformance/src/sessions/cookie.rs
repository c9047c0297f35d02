//! `dumps` and `loads`: the session's cookie as text.

use std::borrow::Cow;
use std::io::Read;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carafe_sessions::cookie::behavior;
use carafe_sessions::signing::{Digest, KeyDerivation, SignError, SignErrorKind};
use carafe_sessions::{JsonStyle, SecureCookieSessionInterface, SessionContext, TaggedJson};
use serde_json::{Value as Json, json};

use super::{Answer, notation};
use crate::sessions::request::{Host, Recorded};

/// The interface with the settings of a record.
struct Signing {
    salt: Vec<u8>,
    digest: Digest,
    derivation: KeyDerivation,
}

impl SecureCookieSessionInterface for Signing {
    fn salt(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.salt)
    }

    fn digest(&self) -> Digest {
        self.digest
    }

    fn key_derivation(&self) -> KeyDerivation {
        self.derivation
    }
}

impl Signing {
    fn of(input: &Json) -> Result<Self, String> {
        Ok(Self {
            salt: notation::text(&input["salt"])?.as_bytes().to_vec(),
            digest: digest(&input["digest"])?.ok_or("no digest")?,
            derivation: derivation(&input["key_derivation"])?.ok_or("no key derivation")?,
        })
    }
}

/// Reads the name of a digest; null leaves the default.
pub(super) fn digest(input: &Json) -> Result<Option<Digest>, String> {
    Ok(Some(match input.as_str() {
        None => return Ok(None),
        Some("sha1") => Digest::Sha1,
        Some("sha256") => Digest::Sha256,
        Some("sha512") => Digest::Sha512,
        Some(other) => return Err(format!("no such digest: {other}")),
    }))
}

/// Reads the name of a key derivation; null leaves the default.
pub(super) fn derivation(input: &Json) -> Result<Option<KeyDerivation>, String> {
    Ok(Some(match input.as_str() {
        None => return Ok(None),
        Some("hmac") => KeyDerivation::Hmac,
        Some("concat") => KeyDerivation::Concat,
        Some("django-concat") => KeyDerivation::DjangoConcat,
        Some("none") => KeyDerivation::None,
        Some(other) => return Err(format!("no such key derivation: {other}")),
    }))
}

/// The name that itsdangerous gives to an error.
pub(super) fn error_name(error: &SignError) -> &'static str {
    match error.kind() {
        SignErrorKind::BadSignature => "BadSignature",
        SignErrorKind::BadTimeSignature => "BadTimeSignature",
        SignErrorKind::SignatureExpired => "SignatureExpired",
        SignErrorKind::BadPayload => "BadPayload",
        _ => "ValueError",
    }
}

fn host(input: &Json) -> Result<Host, String> {
    let fallbacks = input["fallbacks"].as_array().map_or(&[][..], Vec::as_slice);
    Ok(Host {
        secret_key: Some(notation::bytes(&input["secret_key"])?),
        fallbacks: fallbacks
            .iter()
            .map(notation::bytes)
            .collect::<Result<_, _>>()?,
        now: notation::time(&input["now"])?,
        ..Host::default()
    })
}

pub(super) fn dumps(input: &Json, want: &Json) -> Result<(), String> {
    let (signing, host) = (Signing::of(input)?, host(input)?);
    let request = Recorded::default();
    let cx = SessionContext::new(&host, &request);
    let serializer = behavior::signing_serializer(&signing, &cx).ok_or("no secret key")?;
    let style = JsonStyle {
        sort_keys: input["sort_keys"] == true,
        ensure_ascii: input["ensure_ascii"] == true,
    };
    let value = notation::value(&input["value"])?;
    let cookie = serializer
        .dumps_value(&value, (TaggedJson::shared(), style), host.now)
        .map_err(|error| format!("{error}"))?;
    if want["exact"] == true {
        return notation::compare(&json!(cookie), &want["cookie"]);
    }
    check_inexact(&cookie, want)?;
    let stamp = |cookie: &str| cookie.rsplit('.').nth(1).map(str::to_owned);
    let recorded = notation::text(&want["cookie"])?;
    match stamp(&cookie) == stamp(recorded) {
        true => verify(&signing, &cx, &cookie, host.now),
        false => Err(format!("the timestamp differs: {cookie}")),
    }
}

fn verify(
    signing: &Signing,
    cx: &SessionContext<'_>,
    cookie: &str,
    now: SystemTime,
) -> Result<(), String> {
    behavior::signing_serializer(signing, cx)
        .ok_or("no secret key")?
        .loads_value(cookie, TaggedJson::shared(), None, now)
        .map(drop)
        .map_err(|error| format!("the cookie does not verify: {error}"))
}

/// Checks payload and choice of compression of a text whose compressed bytes may differ.
pub(super) fn check_inexact(token: &str, want: &Json) -> Result<(), String> {
    let compressed = token.starts_with('.');
    let encoded = token.trim_start_matches('.').split('.').next();
    let bytes = URL_SAFE_NO_PAD
        .decode(encoded.unwrap_or_default())
        .map_err(|error| error.to_string())?;
    let mut payload = String::new();
    match compressed {
        true => flate2::read::ZlibDecoder::new(&*bytes)
            .read_to_string(&mut payload)
            .map(drop)
            .map_err(|error| error.to_string())?,
        false => payload = String::from_utf8(bytes).map_err(|error| error.to_string())?,
    }
    notation::compare(&json!(payload), &want["payload"])?;
    match want.get("compressed").and_then(Json::as_bool) {
        Some(choice) if choice != compressed => Err(format!("compressed: {compressed}")),
        _ => Ok(()),
    }
}

pub(super) fn loads(input: &Json) -> Answer {
    let (signing, mut host) = (Signing::of(input)?, host(input)?);
    host.lifetime = Duration::from_secs(input["max_age"].as_u64().ok_or("no max_age")?);
    let cookie = notation::text(&input["cookie"])?;
    let request = Recorded::with_cookie("session", cookie);
    let cx = SessionContext::new(&host, &request);
    let serializer = behavior::signing_serializer(&signing, &cx).ok_or("no secret key")?;
    let loaded =
        serializer.loads_value(cookie, TaggedJson::shared(), Some(host.lifetime), host.now);
    let mut answer = match loaded {
        Ok(timed) => json!({"value": notation::value_out(&timed.value)}),
        Err(error) => json!({"error": error_name(&error)}),
    };
    match behavior::open_session(&signing, &cx) {
        Ok(session) => {
            let session = session.ok_or("no session")?;
            answer["session"] = notation::dict_out(session.values());
        }
        Err(_) => {
            answer["session"] = Json::Null;
            // The session's own error does not tell the two apart; the cookie's does.
            answer["session_error"] = match answer["error"].clone() {
                Json::Null => json!("ValueError"),
                name => name,
            };
        }
    }
    Ok(answer)
}
