//! Messages for the next page. Flask: `flask.flash`, `flask.get_flashed_messages`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use carafe_sessions::Value;

use crate::app::FlashedMessage;
use crate::context::{current_request_context, session};
use crate::error::{Error, Result, panicked};

const KEY: &str = "_flashes";

/// Keeps a message in the session until a page shows it.
///
/// *Flask:* `flask.flash(message, category)`, whose default category is `message`.
///
/// # Errors
/// Outside of a request, when the session refuses changes, and when a receiver of the signal fails.
pub fn flash(message: impl AsRef<str>, category: impl AsRef<str>) -> Result<()> {
    let ctx = current_request_context("flash")?;
    let (message, category) = (message.as_ref(), category.as_ref());
    let mut flashes = match session().get_value(KEY) {
        Some(Value::List(flashes)) => flashes,
        _ => Vec::new(),
    };
    flashes.push(Value::Tuple(vec![category.into(), message.into()]));
    session().insert_value(KEY, Value::List(flashes))?;
    let signal = &ctx.app().signals().message_flashed;
    if signal.has_receivers() {
        let flashed = FlashedMessage::new(category, message);
        let sent = catch_unwind(AssertUnwindSafe(|| signal.send(&flashed))).map_err(panicked)?;
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
fn pairs(stored: &Value) -> Vec<(String, String)> {
    let (Value::List(items) | Value::Tuple(items)) = stored else {
        return Vec::new();
    };
    let pair = |item: &Value| match item {
        Value::List(pair) | Value::Tuple(pair) => match pair.as_slice() {
            [category, message] => Some((text(category)?, text(message)?)),
            _ => None,
        },
        _ => None,
    };
    items.iter().filter_map(pair).collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Markup(markup) => Some(markup.to_string()),
        other => other.as_str().map(str::to_owned),
    }
}
