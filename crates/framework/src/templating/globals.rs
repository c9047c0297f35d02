//! What every template may use: request, session, g, config, url_for and get_flashed_messages.
//! Flask: `Flask.create_jinja_environment`.

use carafe_routing::Value as UrlValue;
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment, Error, Value};

use crate::flash;
use crate::templating::error::to_engine;
use crate::templating::objects::{ConfigObject, GObject, Readers, RequestObject, SessionObject};
use crate::templating::serialize::to_value;
use crate::url_for::url_for;

/// Puts the globals into the environment.
pub(super) fn add_globals(env: &mut Environment<'static>, readers: &Readers) {
    env.add_global("request", Value::from_object(RequestObject));
    env.add_global("session", Value::from_object(SessionObject));
    env.add_global("g", Value::from_object(GObject::new(readers)));
    env.add_global("config", Value::from_object(ConfigObject));
    env.add_function("url_for", build_url);
    env.add_function("get_flashed_messages", get_flashed_messages);
}

/// `url_for("user", id=7, _external=true)`.
fn build_url(endpoint: &str, values: Kwargs) -> Result<String, Error> {
    let mut url = url_for(endpoint);
    for name in values.args() {
        let value: Value = values.peek(name)?;
        let absent = value.is_none() || value.is_undefined();
        url = match name {
            "_external" if absent => url,
            "_external" => url.external(value.is_true()),
            "_anchor" | "_method" | "_scheme" if absent => url,
            "_anchor" => url.anchor(value.to_string()),
            "_method" => url.method(value.to_string()),
            "_scheme" => url.scheme(value.to_string()),
            name => url.value(name, url_value(&value)?),
        };
    }
    url.build().map_err(to_engine)
}

/// A template's value as URLs take it.
fn url_value(value: &Value) -> Result<UrlValue<'static>, Error> {
    Ok(match value.kind() {
        ValueKind::Undefined | ValueKind::None => UrlValue::None,
        ValueKind::Number => match (i64::try_from(value.clone()), f64::try_from(value.clone())) {
            (Ok(number), _) if value.is_integer() => UrlValue::from(number),
            (_, Ok(number)) if !value.is_integer() => UrlValue::from(number),
            _ => UrlValue::from(value.to_string()),
        },
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value
                .try_iter()?
                .map(|item| url_value(&item))
                .collect::<Result<Vec<_>, _>>()?;
            UrlValue::List(items)
        }
        _ => UrlValue::from(value.to_string()),
    })
}

/// `get_flashed_messages(with_categories=true, category_filter=["error"])`.
fn get_flashed_messages(
    with_categories: Option<bool>,
    category_filter: Option<Vec<String>>,
    options: Kwargs,
) -> Result<Value, Error> {
    let with_categories = match with_categories {
        Some(given) => given,
        None => options
            .get::<Option<bool>>("with_categories")?
            .unwrap_or(false),
    };
    let category_filter = match category_filter {
        Some(given) => given,
        None => options
            .get::<Option<Vec<String>>>("category_filter")?
            .unwrap_or_default(),
    };
    options.assert_all_used()?;
    let wanted: Vec<&str> = category_filter.iter().map(String::as_str).collect();
    let messages = flash::flashed_messages(&wanted).map_err(to_engine)?;
    Ok(messages
        .into_iter()
        .map(|(category, message)| match with_categories {
            true => Value::from(vec![Value::from(category), to_value(&message)]),
            false => to_value(&message),
        })
        .collect())
}
