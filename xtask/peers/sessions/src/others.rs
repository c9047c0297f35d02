//! Bare HMACs, the itsdangerous crate alone, the cookie crate's signed jar, and Python's Flask.

use std::ffi::OsStr;
use std::hint::black_box;
use std::process::Command;

use cookie::{Cookie, CookieJar, Key};
use hmac::{Hmac, KeyInit, Mac};
use itsdangerous::{IntoTimestampSigner, SignerBuilder, TimestampSigner, default_builder};
use sha1::Sha1;

use crate::carafe::SECRET_KEY;
use crate::clock::time;

/// Microseconds of each.
pub(crate) struct Times {
    pub(crate) hmac_pair: f64,
    pub(crate) itsdangerous_sign: f64,
    pub(crate) itsdangerous_check: f64,
    pub(crate) signed_jar: f64,
}

pub(crate) fn measure(payload: &str, cookie: &str) -> Times {
    let (signed, _) = cookie.rsplit_once('.').expect("a signature");
    // Keyed once: a bare HMAC is what is left when nothing is done twice.
    let keyed = Hmac::<Sha1>::new_from_slice(SECRET_KEY).expect("any length");
    let hmac = || {
        let mut mac = keyed.clone();
        mac.update(black_box(signed).as_bytes());
        mac.finalize().into_bytes()
    };
    let text_key = std::str::from_utf8(SECRET_KEY).expect("ASCII");
    let builder: SignerBuilder<_, _, _> = default_builder(text_key.to_owned());
    let signer = builder.with_salt("cookie-session").build();
    let signer = signer.into_timestamp_signer();
    let value = signed.rsplit_once('.').expect("a timestamp").0;
    let token = signer.sign(value);
    let key = Key::from(&SECRET_KEY.repeat(2));
    let mut filled = CookieJar::new();
    filled
        .signed_mut(&key)
        .add(Cookie::new("session", payload.to_owned()));
    let sent = filled.get("session").expect("it was added").clone();
    Times {
        hmac_pair: time(|| (hmac(), hmac())),
        itsdangerous_sign: time(|| signer.sign(value)),
        itsdangerous_check: time(|| signer.unsign(&token).is_ok()),
        signed_jar: time(|| {
            let mut jar = CookieJar::new();
            jar.add_original(sent.clone());
            let payload = jar.signed(&key).get("session").expect("genuine");
            let changed = payload.value().to_owned();
            jar.signed_mut(&key).add(Cookie::new("session", changed));
            jar.delta().map(ToString::to_string).collect::<Vec<_>>()
        }),
    }
}

/// What Flask's own interface takes for the same, without a request around it.
const FLASK: &str = r#"
import json, sys, time
from flask import Flask
from flask.sessions import SecureCookieSession, session_json_serializer
app = Flask("peer")
app.secret_key = sys.argv[1].encode()
interface = app.session_interface
serializer = interface.get_signing_serializer(app)
values = session_json_serializer.loads(sys.argv[2])
with app.test_request_context(headers={"Cookie": "session=" + serializer.dumps(values)}) as ctx:
    request = ctx.request
    request.cookies
    def journey(n):
        session = interface.open_session(app, request)
        session["user_id"] = n % 10
        response = app.response_class()
        interface.save_session(app, session, response)
    best = float("inf")
    for run in range(200):
        started = time.perf_counter()
        for n in range(20):
            journey(n)
        best = min(best, (time.perf_counter() - started) / 20)
print(best * 1e6)
"#;

pub(crate) fn flask(python: &OsStr, payload: &str) -> Result<f64, String> {
    let key = std::str::from_utf8(SECRET_KEY).expect("ASCII");
    let output = Command::new(python)
        .args(["-c", FLASK, key, payload])
        .output()
        .map_err(|error| error.to_string())?;
    match output.status.success() {
        true => String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse()
            .map_err(|_| "no number was printed".to_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
