//! Carafe's own interface, through the erased form that an app holds.

use std::borrow::Cow;
use std::time::SystemTime;

use carafe_sessions::signing::{KeyDerivation, SignerBuilder, TimestampSigner};
use carafe_sessions::{
    AnySessionInterface, BoxSession, MaybeReady, ResponseHead, RoutingFailed, SecureCookie,
    SecureCookieSession, SessionConfig, SessionContext, SessionRequest, SessionSerializer,
    TaggedJson, Value,
};
use http::{HeaderMap, Method, StatusCode, header};

use crate::clock::time;

pub(crate) const SECRET_KEY: &[u8] = b"a secret key of usual length, 32";

/// Microseconds of each step.
pub(crate) struct Times {
    pub(crate) cookie: String,
    pub(crate) sign: f64,
    pub(crate) check: f64,
    pub(crate) open_empty: f64,
    pub(crate) open: f64,
    pub(crate) journey: f64,
}

struct App;

impl SessionConfig for App {
    fn secret_key(&self) -> Option<&[u8]> {
        Some(SECRET_KEY)
    }
}

struct Request {
    cookie: Option<String>,
}

impl SessionRequest for Request {
    fn cookie(&self, _name: &str) -> Option<Cow<'_, str>> {
        self.cookie.as_deref().map(Cow::Borrowed)
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

fn ready<T>(answer: MaybeReady<'_, T>) -> T {
    match answer {
        MaybeReady::Ready(Some(answer)) => answer,
        _ => panic!("the signed cookie never waits"),
    }
}

fn open(interface: &AnySessionInterface, request: &Request) -> BoxSession {
    let cx = SessionContext::new(&App, request);
    ready(interface.open(&cx))
        .expect("the cookie is readable")
        .expect("there is a secret key")
}

fn save(interface: &AnySessionInterface, request: &Request, session: &mut BoxSession) -> HeaderMap {
    let cx = SessionContext::new(&App, request);
    let mut headers = HeaderMap::new();
    let mut response = ResponseHead::new(StatusCode::OK, &mut headers);
    ready(interface.save(&cx, &mut **session, &mut response)).expect("the session is writable");
    headers
}

pub(crate) fn measure(payload: &str) -> Times {
    let interface = AnySessionInterface::from(SecureCookie);
    let values = match TaggedJson::shared().loads(payload) {
        Ok(Value::Dict(values)) => values,
        other => panic!("the payload is a mapping: {other:?}"),
    };
    let mut session = BoxSession::from(SecureCookieSession::with_values(values));
    session.set_modified(true);
    let empty = Request { cookie: None };
    let headers = save(&interface, &empty, &mut session);
    let cookie = cookie_of(&headers);
    let signer = SignerBuilder::new(SECRET_KEY)
        .salt("cookie-session")
        .key_derivation(KeyDerivation::Hmac)
        .signer()
        .expect("the separator is a dot");
    let timestamps = TimestampSigner::from_signer(signer);
    let signed = cookie.rsplitn(3, '.').nth(2).expect("three parts");
    let request = Request {
        cookie: Some(cookie.clone()),
    };
    let mut n = 0_i64;
    Times {
        sign: time(|| timestamps.sign_bytes_at(signed, SystemTime::now())),
        check: time(|| {
            timestamps
                .unsign_bytes_at(cookie.as_bytes(), None, SystemTime::now())
                .is_ok()
        }),
        open_empty: time(|| open(&interface, &empty)),
        open: time(|| open(&interface, &request)),
        journey: time(|| {
            let mut session = open(&interface, &request);
            session.set_accessed(true);
            n += 1;
            session.insert("user_id", n % 10).expect("writable");
            save(&interface, &request, &mut session)
        }),
        cookie,
    }
}

fn cookie_of(headers: &HeaderMap) -> String {
    let set = headers[header::SET_COOKIE].to_str().expect("ASCII");
    let value = set.split(';').next().and_then(|pair| pair.split_once('='));
    value.expect("a name and a value").1.to_owned()
}
