//! `set_cookie` and `should_set_cookie`: a whole request around a session.
//!
//! The request goes through the sessions crate alone, in the order in which the framework's
//! journey takes it: open, view, save.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use carafe::headers::cookie;
use carafe_sessions::cookie::SetCookie;
use carafe_sessions::{
    AnySessionInterface, BoxSession, MaybeReady, ResponseHead, RoutingFailed, SameSite,
    SecureCookie, SecureCookieSession, SecureCookieSessionInterface, SessionConfig, SessionContext,
    SessionError, SessionRequest, Value,
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
    pub(super) config: Json,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            secret_key: None,
            fallbacks: Vec::new(),
            lifetime: Duration::from_secs(31 * 24 * 60 * 60),
            now: UNIX_EPOCH,
            config: Json::Null,
        }
    }
}

impl Host {
    fn of(config: &Json, now: &Json) -> Result<Self, String> {
        let mut host = Self {
            config: config.clone(),
            now: notation::time(now)?,
            ..Self::default()
        };
        if !config["SECRET_KEY"].is_null() {
            host.secret_key = Some(notation::bytes(&config["SECRET_KEY"])?);
        }
        if let Some(keys) = config["SECRET_KEY_FALLBACKS"].as_array() {
            host.fallbacks = keys.iter().map(notation::bytes).collect::<Result<_, _>>()?;
        }
        if let Some(seconds) = config["PERMANENT_SESSION_LIFETIME"].as_f64() {
            host.lifetime = Duration::from_secs_f64(seconds);
        }
        Ok(host)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.config[key].as_str()
    }

    fn flag(&self, key: &str, default: bool) -> bool {
        self.config[key].as_bool().unwrap_or(default)
    }
}

impl SessionConfig for Host {
    fn secret_key(&self) -> Option<&[u8]> {
        self.secret_key.as_deref()
    }

    fn secret_key_fallbacks(&self) -> &[Vec<u8>] {
        &self.fallbacks
    }

    fn session_cookie_name(&self) -> &str {
        self.text("SESSION_COOKIE_NAME").unwrap_or("session")
    }

    fn session_cookie_domain(&self) -> Option<&str> {
        self.text("SESSION_COOKIE_DOMAIN")
    }

    fn session_cookie_path(&self) -> Option<&str> {
        self.text("SESSION_COOKIE_PATH")
    }

    fn application_root(&self) -> &str {
        self.text("APPLICATION_ROOT").unwrap_or("/")
    }

    fn session_cookie_httponly(&self) -> bool {
        self.flag("SESSION_COOKIE_HTTPONLY", true)
    }

    fn session_cookie_secure(&self) -> bool {
        self.flag("SESSION_COOKIE_SECURE", false)
    }

    fn session_cookie_samesite(&self) -> Option<SameSite> {
        self.text("SESSION_COOKIE_SAMESITE")
            .and_then(SameSite::parse)
    }

    fn session_cookie_partitioned(&self) -> bool {
        self.flag("SESSION_COOKIE_PARTITIONED", false)
    }

    fn permanent_session_lifetime(&self) -> Duration {
        self.lifetime
    }

    fn session_refresh_each_request(&self) -> bool {
        self.flag("SESSION_REFRESH_EACH_REQUEST", true)
    }

    fn now(&self) -> SystemTime {
        self.now
    }
}

/// A request as it was recorded.
#[derive(Default)]
pub(super) struct Recorded {
    header: Option<String>,
    cookie: Option<(String, String)>,
}

impl Recorded {
    /// A request with one cookie, its value as it is after parsing.
    pub(super) fn with_cookie(name: &str, value: &str) -> Self {
        Self {
            header: None,
            cookie: Some((name.to_owned(), value.to_owned())),
        }
    }
}

impl SessionRequest for Recorded {
    fn cookie(&self, name: &str) -> Option<Cow<'_, str>> {
        match &self.cookie {
            Some((known, value)) if known == name => Some(value.as_str().into()),
            _ => cookie::find(self.header.as_deref()?.as_bytes(), name),
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

/// Returns the answer of an interface that never waits.
fn ready<T>(answer: MaybeReady<'_, T>) -> Result<T, String> {
    match answer {
        MaybeReady::Ready(Some(answer)) => Ok(answer),
        _ => Err("the interface waits".to_owned()),
    }
}

pub(super) fn set_cookie(input: &Json) -> Answer {
    let host = Host::of(&input["config"], &input["now"])?;
    let request = Recorded {
        header: input["cookie_header"].as_str().map(str::to_owned),
        cookie: None,
    };
    let cx = SessionContext::new(&host, &request);
    let interface = AnySessionInterface::from(SecureCookie);
    let mut session = match ready(interface.open(&cx))? {
        Ok(Some(session)) => session,
        Ok(None) => interface.make_null_session(&cx),
        Err(error) => return Ok(answer(error.status(), &HeaderMap::new(), Json::Null)),
    };
    let (status, mut headers) = view(input, &mut session)?;
    if interface.is_null_session(&*session) {
        return Ok(answer(status, &headers, Json::Null));
    }
    let after = json!({
        "modified": session.modified(),
        "accessed": session.accessed(),
        "empty": session.is_empty(),
        "permanent": session.permanent(),
        "session": notation::dict_out(session.values()),
    });
    let mut response = ResponseHead::new(status, &mut headers);
    ready(interface.save(&cx, &mut *session, &mut response))?.map_err(|error| error.to_string())?;
    Ok(answer(status, &headers, after))
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

/// Runs the one view, and what the framework makes of its failure.
fn view(input: &Json, session: &mut BoxSession) -> Result<(StatusCode, HeaderMap), String> {
    let bare = |status: StatusCode| Ok((status, HeaderMap::new()));
    if input["path"].as_str().is_some_and(|path| path != "/page") {
        return bare(StatusCode::NOT_FOUND);
    }
    for action in input["actions"].as_array().ok_or("no actions")? {
        session.set_accessed(true);
        if !act(action, session)? {
            return bare(StatusCode::INTERNAL_SERVER_ERROR);
        }
    }
    if input["crash"] == true {
        return bare(StatusCode::INTERNAL_SERVER_ERROR);
    }
    if let Some(code) = input["abort"].as_u64() {
        let status = StatusCode::from_u16(code as u16).map_err(|error| error.to_string())?;
        return bare(status);
    }
    let mut headers = HeaderMap::new();
    if let Some(vary) = input["vary"].as_str() {
        let vary = HeaderValue::from_str(vary).map_err(|error| error.to_string())?;
        headers.insert(header::VARY, vary);
    }
    if let Some([name, value]) = input["view_cookie"].as_array().map(Vec::as_slice) {
        let cookie = SetCookie::new(notation::text(name)?, notation::text(value)?);
        ResponseHead::new(StatusCode::OK, &mut headers)
            .set_cookie(&cookie)
            .map_err(|error| error.to_string())?;
    }
    Ok((StatusCode::OK, headers))
}

/// Does one thing to the session, and says whether the view goes on.
fn act(action: &Json, session: &mut BoxSession) -> Result<bool, String> {
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
    let config = json!({"SESSION_REFRESH_EACH_REQUEST": input["refresh_each_request"]});
    let mut host = Host::of(&config, &json!(1_776_500_000))?;
    host.secret_key = Some(b"dev secret".to_vec());
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
