//! Percent-encoding with Werkzeug's sets of characters, and the text of values.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{ValidationError, Value, number};

/// What is quoted in a path, by the URL standard's path segment string.
const PATH: &AsciiSet = &unreserved(NON_ALPHANUMERIC)
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// What is quoted in a query; the space becomes a plus sign afterwards.
const QUERY: &AsciiSet = &unreserved(NON_ALPHANUMERIC)
    .remove(b' ')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'?')
    .remove(b'@');

const fn unreserved(set: &AsciiSet) -> AsciiSet {
    set.remove(b'-').remove(b'.').remove(b'_').remove(b'~')
}

/// Quotes text for a path.
pub(crate) fn path(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, PATH).into()
}

/// Gives the text of a value as Python's `str` does.
pub(crate) fn text<'v>(value: &'v Value<'_>) -> Result<Cow<'v, str>, ValidationError> {
    Ok(match value {
        Value::Str(text) => Cow::Borrowed(text),
        Value::Int(number) => Cow::Owned(number.to_string()),
        Value::BigInt(number) => Cow::Borrowed(number.as_str()),
        Value::Float(number) => Cow::Owned(number::float_text(*number)),
        Value::Uuid(uuid) => Cow::Owned(uuid.to_string()),
        Value::None => Cow::Borrowed("None"),
        Value::Custom(custom) => match custom.text() {
            Some(text) => Cow::Borrowed(text),
            None => {
                return Err(ValidationError::refusal(format!(
                    "{custom:?} has no text form"
                )));
            }
        },
        Value::List(_) => {
            return Err(ValidationError::refusal(
                "a list stands for no single variable",
            ));
        }
    })
}

/// Gives the text of a value, quoted for a path.
pub(crate) fn value_in_path<'v>(value: &'v Value<'_>) -> Result<Cow<'v, str>, ValidationError> {
    Ok(match text(value)? {
        Cow::Borrowed(text) => path(text),
        Cow::Owned(text) => Cow::Owned(path(&text).into_owned()),
    })
}

/// Appends names and values as a query; a list gives its name once for each
/// item, and nothing stands for no value.
pub(crate) fn query<'v>(
    pairs: impl IntoIterator<Item = (&'v str, &'v Value<'v>)>,
) -> Result<String, ValidationError> {
    let mut query = String::new();
    for (name, value) in pairs {
        match value {
            Value::List(items) => {
                for item in items {
                    pair(&mut query, name, item)?;
                }
            }
            value => pair(&mut query, name, value)?,
        }
    }
    Ok(query)
}

fn pair(query: &mut String, name: &str, value: &Value<'_>) -> Result<(), ValidationError> {
    if value.is_none() {
        return Ok(());
    }
    if !query.is_empty() {
        query.push('&');
    }
    quote_plus(query, name);
    query.push('=');
    quote_plus(query, &text(value)?);
    Ok(())
}

fn quote_plus(query: &mut String, text: &str) {
    for piece in utf8_percent_encode(text, QUERY) {
        match piece.contains(' ') {
            true => query.push_str(&piece.replace(' ', "+")),
            false => query.push_str(piece),
        }
    }
}
