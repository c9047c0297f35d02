//! Messages for the next page. Flask: `flask.flash`, `flask.get_flashed_messages`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use carafe_sessions::Value;

use crate::app::FlashedMessage;
use crate::context::{current_request_context, session};
use crate::error::{Error, Result, panicked};

const KEY: &str = "_flashes";

/// A flashed message under its category, as the session keeps it.
pub(crate) type Flashed = (String, Value);

/// Keeps a message in the session until a page shows it.
///
/// It is text, or [`Markup`](carafe_sessions::Markup), which templates do not escape.
///
/// *Flask:* `flask.flash(message, category)`, whose default category is `message`.
///
/// # Errors
/// Outside of a request, when the session refuses changes, and when a receiver of the signal fails.
pub fn flash(message: impl Into<Value>, category: impl AsRef<str>) -> Result<()> {
    let ctx = current_request_context("flash")?;
    let (message, category) = (message.into(), category.as_ref());
    let mut flashes = match session().get_value(KEY) {
        Some(Value::List(flashes)) => flashes,
        _ => Vec::new(),
    };
    let signal = &ctx.app().signals().message_flashed;
    let told = signal
        .has_receivers()
        .then(|| FlashedMessage::new(category, &text(&message)));
    flashes.push(Value::Tuple(vec![category.into(), message]));
    session().insert_value(KEY, Value::List(flashes))?;
    if let Some(told) = told {
        let sent = catch_unwind(AssertUnwindSafe(|| signal.send(&told))).map_err(panicked)?;
        sent.map_err(Error::from_boxed)?;
    }
    Ok(())
}

/// The messages that were flashed and not shown yet, with their categories.
///
/// The first call of a request takes them from the session; later calls of the request give the same.
///
/// *Flask:* `flask.get_flashed_messages(with_categories=True, category_filter=…)`.
///
/// # Errors
/// Outside of a request, and when the session refuses changes.
pub fn get_flashed_messages(category_filter: &[&str]) -> Result<Vec<(String, String)>> {
    let flashes = flashed_messages(category_filter)?;
    Ok(flashes
        .into_iter()
        .map(|(category, message)| (category, text(&message)))
        .collect())
}

/// The messages as the session keeps them.
pub(crate) fn flashed_messages(category_filter: &[&str]) -> Result<Vec<Flashed>> {
    let ctx = current_request_context("get_flashed_messages")?;
    let known = ctx.flashes().clone();
    let flashes = match known {
        Some(flashes) => flashes,
        None => {
            let stored = if session().contains_key(KEY) {
                session().remove(KEY)?
            } else {
                None
            };
            let flashes: Vec<_> = stored.as_ref().map(pairs).unwrap_or_default();
            *ctx.flashes() = Some(flashes.clone());
            flashes
        }
    };
    let wanted = |category: &str| category_filter.is_empty() || category_filter.contains(&category);
    Ok(flashes
        .into_iter()
        .filter(|(category, _)| wanted(category))
        .collect())
}

/// Reads what `flash` wrote, or Flask did.
fn pairs(stored: &Value) -> Vec<Flashed> {
    let pair = |item: &Value| match item.as_slice()? {
        [category, message] => Some((text(category), message.clone())),
        _ => None,
    };
    stored
        .as_slice()
        .unwrap_or_default()
        .iter()
        .filter_map(pair)
        .collect()
}

/// A message as text; one that Flask flashed may be any value.
fn text(value: &Value) -> String {
    match value {
        Value::Markup(markup) => markup.to_string(),
        Value::Str(text) => text.to_string_lossy().into_owned(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}
