//! What there is to know of the request, the session and `g`.

use carafe_sessions::{Dict, Value};

use crate::config::{MASK, is_secret, shown};
use crate::context::{AppContext, SessionSlot};
use crate::debug::mask::hides;
use crate::headers::latin1;
use crate::multi_dict::MultiDict;
use crate::request::Request;

/// Names with values, as a table shows them.
pub(super) type Rows = Vec<(String, String)>;

/// Names with values; none for a value that cannot be shown.
pub(super) type Values = Vec<(String, Option<Value>)>;

/// What was asked for, and which rule answers it.
pub(super) fn request(request: &Request) -> Rows {
    let mut rows = vec![
        row("method", request.method()),
        row("host", request.host()),
        row("path", request.path()),
        row("version", format!("{:?}", request.version())),
    ];
    if let Some(address) = request.remote_addr() {
        rows.push(row("client", address));
    }
    let Some(rule) = request.url_rule() else {
        rows.push(row("rule", "none matched"));
        return rows;
    };
    rows.push(row("rule", rule.rule()));
    rows.push(row("endpoint", rule.endpoint_name().unwrap_or_default()));
    if let Some(blueprint) = request.blueprint() {
        rows.push(row("blueprint", blueprint));
    }
    rows
}

/// The variables of the URL.
pub(super) fn view_args(request: &Request) -> Rows {
    let values = request.view_args();
    let masked = |(name, value): (&str, &_)| match is_secret(name) {
        true => row(name, MASK),
        false => row(name, value),
    };
    values.iter().map(masked).collect()
}

/// Fields of the query or of a form.
pub(super) fn fields(fields: &MultiDict) -> Rows {
    let masked = |(name, value): (&str, &String)| match is_secret(name) {
        true => row(name, MASK),
        false => row(name, value),
    };
    fields.items_multi().map(masked).collect()
}

/// The headers, and the names of the cookies.
pub(super) fn headers(request: &Request) -> Rows {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| match hides(name) {
        true => row(name, MASK),
        false => row(name, latin1::decode(value.as_bytes())),
    };
    request.headers().iter().map(header).collect()
}

/// The cookies, of which only the names are shown.
pub(super) fn cookies(request: &Request) -> Rows {
    request
        .cookies()
        .keys()
        .map(|name| row(name, MASK))
        .collect()
}

/// What the session holds; nothing when it is not open.
pub(super) fn session(ctx: &AppContext) -> Values {
    let values: Dict = match &*ctx.session_slot() {
        SessionSlot::Open(session) => session.state().values().clone(),
        _ => return Values::new(),
    };
    let named = values.iter();
    named
        .map(|(name, value)| (name.to_string_lossy().into_owned(), Some(value.clone())))
        .collect()
}

/// What `g` holds; of the values, those that templates can read.
pub(super) fn g(ctx: &AppContext) -> Values {
    let names = ctx.g().names().into_iter();
    names
        .map(|name| {
            let value = g_value(ctx, &name);
            (name, value)
        })
        .collect()
}

/// Values as a table shows them.
pub(super) fn rows(values: &Values) -> Rows {
    let as_text = |(name, value): &(String, Option<Value>)| {
        let shown = value.as_ref().map(|value| shown(name, value));
        let shown = shown.unwrap_or_else(|| "a value of a type that cannot be shown".to_owned());
        (name.clone(), shown)
    };
    values.iter().map(as_text).collect()
}

#[cfg(feature = "templates")]
fn g_value(ctx: &AppContext, name: &str) -> Option<Value> {
    ctx.app().templates().g_value(name)
}

#[cfg(not(feature = "templates"))]
fn g_value(ctx: &AppContext, name: &str) -> Option<Value> {
    ctx.g().get::<String>(name).map(Value::from)
}

fn row(name: impl ToString, value: impl ToString) -> (String, String) {
    (name.to_string(), value.to_string())
}
