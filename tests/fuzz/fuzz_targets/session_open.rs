//! Opening a session never panics: not on what a client sends, not on what is rightly signed.

#![no_main]

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use carafe_sessions::cookie::behavior;
use carafe_sessions::signing::{KeyDerivation, SignerBuilder, TimestampSigner};
use carafe_sessions::{
    BoxSession, JsonStyle, RoutingFailed, SecureCookie, SessionConfig, SessionContext,
    SessionError, SessionRequest, SessionSerializer, TaggedJson, Value,
};
use http::Method;
use libfuzzer_sys::fuzz_target;

const SECRET_KEY: &[u8] = b"fuzz";
const NOW: Duration = Duration::from_secs(1_776_500_000);

struct App;

impl SessionConfig for App {
    fn secret_key(&self) -> Option<&[u8]> {
        Some(SECRET_KEY)
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + NOW
    }
}

struct Request<'a>(Cow<'a, str>);

impl SessionRequest for Request<'_> {
    fn cookie(&self, _name: &str) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.0))
    }

    fn method(&self) -> &Method {
        &Method::GET
    }

    fn path(&self) -> Cow<'_, str> {
        "/".into()
    }

    fn url(&self) -> Cow<'_, str> {
        "http://localhost/".into()
    }

    fn host(&self) -> Cow<'_, str> {
        "localhost".into()
    }

    fn is_secure(&self) -> bool {
        false
    }

    fn match_request(&self) -> Result<(), RoutingFailed> {
        Ok(())
    }

    fn endpoint(&self) -> Option<Cow<'_, str>> {
        None
    }

    fn view_arg(&self, _name: &str) -> Option<Cow<'_, str>> {
        None
    }

    fn view_arg_names(&self) -> Vec<Cow<'_, str>> {
        Vec::new()
    }
}

fn open(cookie: Cow<'_, str>) -> Result<Option<BoxSession>, SessionError> {
    let request = Request(cookie);
    behavior::open_session(&SecureCookie, &SessionContext::new(&App, &request))
}

/// Signs any payload the way the session's cookie is signed.
fn signed(payload: &[u8]) -> String {
    let signer = SignerBuilder::new(SECRET_KEY)
        .salt("cookie-session")
        .key_derivation(KeyDerivation::Hmac)
        .signer()
        .expect("the separator is a dot");
    let signed = TimestampSigner::from_signer(signer).sign_bytes_at(payload, UNIX_EPOCH + NOW);
    String::from_utf8_lossy(&signed).into_owned()
}

fuzz_target!(|data: &[u8]| {
    // As a client sends it: nothing is accepted that was not signed.
    let text = String::from_utf8_lossy(data);
    let session = open(text.clone()).expect("a forged cookie is no error");
    assert!(session.expect("there is a key").is_empty());
    // As something else may sign it: an odd payload, or an odd text under the base64.
    let _ = open(signed(data).into());
    // What is read as a session can be written, and reads the same.
    let serializer = TaggedJson::shared();
    if let Ok(value) = serializer.loads(&text) {
        let written = serializer.dumps(&value, JsonStyle::default());
        let written = written.expect("what was read can be written");
        let again = serializer.loads(&written);
        let again = again.expect("what was written can be read");
        let same = serializer.dumps(&again, JsonStyle::default());
        assert_eq!(same.expect("and written again"), written);
        let _ = open(signed(&base64_of(written.as_bytes())).into());
        drop::<Value>(again);
    }
});

/// URL-safe base64 without padding.
fn base64_of(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = Vec::new();
    for chunk in bytes.chunks(3) {
        let mut group = [0_u8; 4];
        group[1..=chunk.len()].copy_from_slice(chunk);
        let number = u32::from_be_bytes(group);
        for place in 0..=chunk.len() {
            text.push(LETTERS[(number >> (18 - 6 * place) & 63) as usize]);
        }
    }
    text
}
