//! `set_cookie` and `should_set_cookie`: a whole request around a session.
//!
//! `set_cookie` goes through an app and its test client; `should_set_cookie` asks the interface.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use carafe::{App, Error, Response, Scaffold, abort, session};
use carafe_sessions::cookie::{SetCookie, behavior};
use carafe_sessions::{
    BoxSession, ResponseHead, RoutingFailed, SameSite, SecureCookie, SecureCookieSession,
    SecureCookieSessionInterface, SessionConfig, SessionContext, SessionError, SessionMixin,
    SessionRequest, Value,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::{Value as Json, json};

use super::{Answer, notation};

/// An app's settings.
pub(super) struct Host {
    pub(super) secret_key: Option<Vec<u8>>,
    pub(super) fallbacks: Vec<Vec<u8>>,
    pub(super) lifetime: Duration,
    pub(super) now: SystemTime,
    pub(super) refresh_each_request: bool,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            secret_key: None,
            fallbacks: Vec::new(),
            lifetime: Duration::from_secs(31 * 24 * 60 * 60),
            now: UNIX_EPOCH,
            refresh_each_request: true,
        }
    }
}

impl SessionConfig for Host {
    fn secret_key(&self) -> Option<&[u8]> {
        self.secret_key.as_deref()
    }

    fn secret_key_fallbacks(&self) -> &[Vec<u8>] {
        &self.fallbacks
    }

    fn permanent_session_lifetime(&self) -> Duration {
        self.lifetime
    }

    fn session_refresh_each_request(&self) -> bool {
        self.refresh_each_request
    }

    fn now(&self) -> SystemTime {
        self.now
    }
}

/// A request as it was recorded.
#[derive(Default)]
pub(super) struct Recorded {
    cookie: Option<(String, String)>,
}

impl Recorded {
    /// A request with one cookie, its value as it is after parsing.
    pub(super) fn with_cookie(name: &str, value: &str) -> Self {
        Self {
            cookie: Some((name.to_owned(), value.to_owned())),
        }
    }
}

impl SessionRequest for Recorded {
    fn cookie(&self, name: &str) -> Option<Cow<'_, str>> {
        match &self.cookie {
            Some((known, value)) if known == name => Some(value.as_str().into()),
            _ => None,
        }
    }

    fn method(&self) -> &Method {
        &Method::GET
    }

    fn path(&self) -> Cow<'_, str> {
        "/page".into()
    }

    fn url(&self) -> Cow<'_, str> {
        "http://localhost/page".into()
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
        Some("page".into())
    }

    fn view_arg(&self, _name: &str) -> Option<Cow<'_, str>> {
        None
    }

    fn view_arg_names(&self) -> Vec<Cow<'_, str>> {
        Vec::new()
    }
}

/// The framework's own interface at a time that stands still, noting what it saves.
struct Frozen {
    now: SystemTime,
    after: Arc<Mutex<Json>>,
}

impl SecureCookieSessionInterface for Frozen {
    fn open_session(&self, cx: &SessionContext<'_>) -> Result<Option<BoxSession>, SessionError> {
        let config = At(cx.config(), self.now);
        behavior::open_session(self, &SessionContext::new(&config, cx.request()))
    }

    fn save_session(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        if let Ok(mut after) = self.after.lock() {
            *after = json!({
                "modified": session.modified(),
                "accessed": session.accessed(),
                "empty": session.is_empty(),
                "permanent": session.permanent(),
                "session": notation::dict_out(session.values()),
            });
        }
        let config = At(cx.config(), self.now);
        let cx = SessionContext::new(&config, cx.request());
        behavior::save_session(self, &cx, session, response)
    }
}

/// The app's settings at another time.
struct At<'a>(&'a dyn SessionConfig, SystemTime);

macro_rules! same_settings {
    ($($name:ident: $type:ty),+ $(,)?) => {
        impl SessionConfig for At<'_> {
            $(fn $name(&self) -> $type {
                self.0.$name()
            })+

            fn now(&self) -> SystemTime {
                self.1
            }
        }
    };
}

same_settings! {
    secret_key: Option<&[u8]>,
    secret_key_fallbacks: &[Vec<u8>],
    session_cookie_name: &str,
    session_cookie_domain: Option<&str>,
    session_cookie_path: Option<&str>,
    application_root: &str,
    session_cookie_httponly: bool,
    session_cookie_secure: bool,
    session_cookie_samesite: Option<SameSite>,
    session_cookie_partitioned: bool,
    permanent_session_lifetime: Duration,
    session_refresh_each_request: bool,
    max_cookie_size: usize,
    json_sort_keys: bool,
    json_ensure_ascii: bool,
}

pub(super) fn set_cookie(input: &Json) -> Answer {
    let after = Arc::new(Mutex::new(Json::Null));
    let mut app = App::new("conformance");
    for (key, value) in input["config"].as_object().ok_or("no config")? {
        let value = setting(key, value)?;
        app.config
            .set(key, value)
            .map_err(|error| error.to_string())?;
    }
    app.session_interface = Frozen {
        now: notation::time(&input["now"])?,
        after: after.clone(),
    }
    .into();
    let asked = input.clone();
    app.route("/page", move || view(&asked)).endpoint("page");
    let path = input["path"].as_str().unwrap_or("/page");
    let client = app.test_client();
    let mut request = client.get(path);
    if let Some(cookie) = input["cookie_header"].as_str() {
        request = request.header("Cookie", cookie);
    }
    let response = request.send();
    let status = StatusCode::from_u16(response.status()).map_err(|error| error.to_string())?;
    let after = after.lock().map_err(|error| error.to_string())?.clone();
    Ok(answer(status, response.headers(), after))
}

/// A setting as an app is given it: keys are bytes.
fn setting(key: &str, value: &Json) -> Result<Value, String> {
    Ok(match (key, value) {
        ("SECRET_KEY", value) if !value.is_null() => Value::Bytes(notation::bytes(value)?),
        ("SECRET_KEY_FALLBACKS", Json::Array(keys)) => Value::List(
            keys.iter()
                .map(|key| notation::bytes(key).map(Value::Bytes))
                .collect::<Result<_, _>>()?,
        ),
        _ => serde_json::from_value(value.clone()).map_err(|error| error.to_string())?,
    })
}

fn answer(status: StatusCode, headers: &HeaderMap, after: Json) -> Json {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let cookies = headers.get_all(header::SET_COOKIE).iter().map(text);
    json!({
        "status": status.as_u16(),
        "set_cookie": cookies.collect::<Vec<_>>(),
        "vary": headers.get(header::VARY).map(text),
        "after": after,
    })
}

/// The one view of the app.
fn view(input: &Json) -> carafe::Result<Response> {
    for action in input["actions"].as_array().into_iter().flatten() {
        let done = session().with(|session| act(action, session))?;
        if !done.map_err(Error::msg)? {
            return Err(Error::msg("an action failed"));
        }
    }
    if input["crash"] == true {
        return Err(Error::msg("the view crashed"));
    }
    if let Some(code) = input["abort"]
        .as_u64()
        .and_then(|code| u16::try_from(code).ok())
    {
        abort(code)?;
    }
    let mut response = Response::new("page");
    if let Some(vary) = input["vary"].as_str() {
        response.set_header("Vary", vary)?;
    }
    if let Some([Json::String(name), Json::String(value)]) =
        input["view_cookie"].as_array().map(Vec::as_slice)
    {
        response.set_cookie(&SetCookie::new(name, value))?;
    }
    Ok(response)
}

/// Does one thing to the session, and says whether the view goes on.
fn act(action: &Json, session: &mut dyn SessionMixin) -> Result<bool, String> {
    let key = action["key"].as_str().unwrap_or_default();
    let value = || notation::value(&action["value"]);
    let done = |result: Result<(), SessionError>| result.is_ok();
    Ok(match action["do"].as_str() {
        Some("set") => done(session.insert_value(key, value()?)),
        Some("get") => {
            let _ = session.get_value(key);
            true
        }
        Some("getitem") => session.get_value(key).is_some(),
        Some("contains") => {
            let _ = session.contains_key(key);
            true
        }
        Some("pop") => done(session.remove(key).map(drop)),
        Some("del") => matches!(session.remove(key), Ok(Some(_))),
        Some("setdefault") => done(session.set_default(key, value()?).map(drop)),
        Some("len") => session.len() < usize::MAX,
        Some("keys") => session.keys().count() < usize::MAX,
        Some("bool") => session.is_empty() || !session.is_empty(),
        Some("clear") => done(session.clear()),
        Some("update") => match value()? {
            Value::Dict(dict) => done(session.update(dict)),
            _ => false,
        },
        Some("permanent") => done(session.set_permanent(action["value"] == true)),
        Some("modified") => {
            session.set_modified(action["value"] == true);
            true
        }
        Some("read_permanent") => session.permanent() || !session.permanent(),
        Some("read_modified") => session.modified() || !session.modified(),
        Some("append") => {
            let item = value()?;
            match session.get_mut(key).and_then(Value::as_list_mut) {
                Some(items) => {
                    items.push(item);
                    true
                }
                None => false,
            }
        }
        other => return Err(format!("no such action: {other:?}")),
    })
}

pub(super) fn should_set_cookie(input: &Json) -> Answer {
    let host = Host {
        secret_key: Some(b"dev secret".to_vec()),
        refresh_each_request: input["refresh_each_request"] == true,
        ..Host::default()
    };
    let request = Recorded::default();
    let cx = SessionContext::new(&host, &request);
    let mut session = BoxSession::from(SecureCookieSession::new());
    let failed = |error: SessionError| error.to_string();
    if input["empty"] != true {
        session.insert("n", 1).map_err(failed)?;
    }
    if input["permanent"] == true {
        session.set_permanent(true).map_err(failed)?;
    }
    session.set_modified(input["modified"] == true);
    session.set_accessed(input["accessed"] == true);
    let mut headers = HeaderMap::new();
    let mut response = ResponseHead::new(StatusCode::OK, &mut headers);
    let should = SecureCookie.should_set_cookie(&cx, &*session);
    SecureCookieSessionInterface::save_session(&SecureCookie, &cx, &mut *session, &mut response)
        .map_err(failed)?;
    let cookie = headers
        .get(header::SET_COOKIE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    Ok(json!({
        "should_set_cookie": should,
        "written": match &cookie {
            None => "none",
            Some(cookie) if cookie.contains("Max-Age=0") => "delete",
            Some(_) => "set",
        },
        "has_expires": cookie
            .as_deref()
            .is_some_and(|cookie| cookie.contains("Expires=") && !cookie.contains("Max-Age=0")),
        "vary": headers.get(header::VARY).map(|value| String::from_utf8_lossy(value.as_bytes())),
    }))
}
