//! `request` in templates.

use std::fmt;
use std::sync::Arc;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use minijinja::value::{Enumerator, Object, from_args};
use minijinja::{Error, ErrorKind, State, Value};

use crate::context::try_request;
use crate::multi_dict::MultiDict;
use crate::request::Request;
use crate::templating::objects::failing;
use crate::templating::serialize::to_value;
use crate::view::plain_json;

/// The current request.
#[derive(Debug)]
pub(crate) struct RequestObject;

impl Object for RequestObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        match try_request() {
            Ok(request) => attribute(&request, key),
            Err(outside) => Some(failing(outside)),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn is_true(self: &Arc<Self>) -> bool {
        try_request().is_ok()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match try_request() {
            Ok(request) => write!(f, "<Request '{}' [{}]>", request.url(), request.method()),
            Err(_) => f.write_str("<Request unbound>"),
        }
    }
}

fn attribute(request: &Request, name: &str) -> Option<Value> {
    Some(match name {
        "method" => request.method().as_str().into(),
        "path" => request.path().into(),
        "full_path" => request.full_path().into(),
        "query_string" => request.query_string().into(),
        "url" => request.url().into(),
        "base_url" => request.base_url().into(),
        "url_root" | "root_url" => request.root_url().into(),
        "host_url" => request.host_url().into(),
        "host" => request.host().as_ref().into(),
        "scheme" => request.scheme().into(),
        "script_root" | "root_path" => request.script_root().into(),
        "is_secure" => request.is_secure().into(),
        "is_json" => request.is_json().into(),
        "endpoint" => request.endpoint().into(),
        "blueprint" => request.blueprint().into(),
        "blueprints" => request.blueprints().into_iter().map(Value::from).collect(),
        "url_rule" => request.url_rule().map(|rule| rule.rule().to_owned()).into(),
        "view_args" => {
            let args = request.view_args();
            Value::from_pairs(
                args.iter()
                    .map(|(name, value)| (name, to_value(&plain_json(value)))),
            )
        }
        "args" => Value::from_object(DictObject(Part::Args)),
        "cookies" => Value::from_object(DictObject(Part::Cookies)),
        "form" if unread_form(request) => Value::from(Error::new(
            ErrorKind::InvalidOperation,
            "the form of the request has not been read: the view or a hook has to, before it renders the template",
        )),
        "form" => Value::from_object(DictObject(Part::Form)),
        "headers" => Value::from_object(HeadersObject),
        "remote_addr" => request
            .remote_addr()
            .map(|address| address.ip().to_string())
            .into(),
        "access_route" => request.access_route().into(),
        "referrer" => request.referrer().as_deref().into(),
        "origin" => request.origin().as_deref().into(),
        "user_agent" => request.user_agent().as_deref().unwrap_or_default().into(),
        "content_type" => request.content_type().as_deref().into(),
        "content_length" => request.content_length().into(),
        "mimetype" => request.mimetype().into(),
        _ => return None,
    })
}

/// Whether a form was posted that nobody has waited for: a template cannot.
fn unread_form(request: &Request) -> bool {
    let has_body = request.headers().contains_key(CONTENT_LENGTH)
        || request.headers().contains_key(TRANSFER_ENCODING);
    has_body && request.form_if_read().is_none()
}

/// A mapping of the request with several values a key.
#[derive(Debug)]
struct DictObject(Part);

#[derive(Debug, Clone, Copy)]
enum Part {
    Args,
    Cookies,
    Form,
}

impl DictObject {
    fn read<T>(&self, read: impl FnOnce(&MultiDict) -> T) -> Option<T> {
        let request = try_request().ok()?;
        match self.0 {
            Part::Args => Some(read(request.args())),
            Part::Cookies => Some(read(request.cookies())),
            Part::Form => request.form_if_read().map(read),
        }
    }
}

impl Object for DictObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.read(|dict| dict.get(key).map(Value::from))?
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(
            self.read(|dict| dict.keys().map(Value::from).collect())
                .unwrap_or_default(),
        )
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "getlist" => {
                let (key,): (&str,) = from_args(args)?;
                Ok(self
                    .read(|dict| dict.getlist(key).iter().map(Value::from).collect())
                    .unwrap_or_default())
            }
            "lists" => {
                let () = from_args(args)?;
                let list = |(key, values): (&str, &[String])| {
                    Value::from(vec![
                        Value::from(key),
                        values.iter().map(Value::from).collect(),
                    ])
                };
                Ok(self
                    .read(|dict| dict.lists().map(list).collect())
                    .unwrap_or_default())
            }
            // The methods of a dict are answered for all mappings alike.
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// The headers of the request, whose names are found in any case.
#[derive(Debug)]
struct HeadersObject;

impl Object for HeadersObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let request = try_request().ok()?;
        request.header(key).map(|value| Value::from(value.as_ref()))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let Ok(request) = try_request() else {
            return Enumerator::Empty;
        };
        Enumerator::Values(
            request
                .headers()
                .keys()
                .map(|name| Value::from(name.as_str()))
                .collect(),
        )
    }
}
