//! Filters of Jinja's that the engine lacks, or answers otherwise.

use minijinja::value::{Kwargs, Rest, ValueKind, ValueOrKwargs};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, Value, filters};

use crate::templating::urlize::urlize;
use crate::templating::value::TemplateValue;

/// Puts them into the environment.
pub(super) fn add_jinja(env: &mut Environment<'static>) {
    // truncate, wordcount, wordwrap, striptags, filesizeformat, random; cycler, joiner, lipsum
    minijinja_contrib::add_to_environment(env);
    env.add_filter("center", center);
    env.add_filter("default", default);
    env.add_filter("d", default);
    env.add_filter("float", float);
    env.add_filter("int", int);
    env.add_filter(
        "truncate",
        |state: &mut State, value: &Value, arguments: Rest<ValueOrKwargs>| {
            let options = by_name(arguments, &["length", "killwords", "end", "leeway"])?;
            minijinja_contrib::filters::truncate(state, value, options)
        },
    );
    env.add_filter("urlencode", urlencode);
    env.add_filter("urlize", urlize);
    env.add_filter(
        "wordwrap",
        |value: &Value, arguments: Rest<ValueOrKwargs>| {
            let names = [
                "width",
                "break_long_words",
                "wrapstring",
                "break_on_hyphens",
            ];
            minijinja_contrib::filters::wordwrap(value, by_name(arguments, &names)?)
        },
    );
    env.add_filter("xmlattr", xmlattr);
    env.add_function("cycler", |items: Rest<Value>| {
        minijinja_contrib::globals::cycler(items.0)
    });
}

/// Arguments that are given by place, as if given by name: the engine's own filters want names.
pub(super) fn by_name(arguments: Rest<ValueOrKwargs>, names: &[&str]) -> Result<Kwargs, Error> {
    let mut by_place = arguments.into_values();
    let named = match by_place.pop() {
        Some(last) if last.is_kwargs() => Kwargs::try_from(last)?,
        last => {
            by_place.extend(last);
            Kwargs::from_iter(std::iter::empty::<(String, Value)>())
        }
    };
    if by_place.len() > names.len() {
        return Err(Error::from(ErrorKind::TooManyArguments));
    }
    let mut all: Vec<_> = names
        .iter()
        .map(|name| (*name).to_owned())
        .zip(by_place)
        .collect();
    for name in named.args() {
        all.push((name.to_owned(), named.peek(name)?));
    }
    Ok(all.into_iter().collect())
}

/// `{{ {"q": "a b"}|urlencode }}`: in a query a space is a plus, and a slash is no separator.
fn urlencode(value: &Value) -> Result<String, Error> {
    // Python leaves the tilde as it is.
    let encoded = filters::urlencode(value)?.replace("%7E", "~");
    Ok(match value.kind() {
        ValueKind::Map | ValueKind::Seq | ValueKind::Iterable => {
            encoded.replace("%20", "+").replace('/', "%2F")
        }
        _ => encoded,
    })
}

/// `{{ text|center(80) }}`
fn center(text: &str, width: Option<usize>) -> String {
    // The width is the template's word: a page that is wider serves nobody.
    let width = width.unwrap_or(80).min(10_000);
    let padding = width.saturating_sub(text.chars().count());
    // Python puts the odd space to the left where the width is odd.
    let left = padding / 2 + (padding & width & 1);
    format!("{}{text}{}", " ".repeat(left), " ".repeat(padding - left))
}

/// `{{ value|default("none", boolean=true) }}`
fn default(
    value: &Value,
    default: Option<Value>,
    boolean: Option<bool>,
    options: Kwargs,
) -> Result<Value, Error> {
    let default = match default {
        Some(default) => default,
        None => options
            .get::<Option<Value>>("default_value")?
            .unwrap_or_else(|| Value::from("")),
    };
    let boolean = match boolean {
        Some(boolean) => boolean,
        None => options.get::<Option<bool>>("boolean")?.unwrap_or(false),
    };
    options.assert_all_used()?;
    match value.is_undefined() || (boolean && !value.is_true()) {
        true => Ok(default),
        false => Ok(value.clone()),
    }
}

/// `{{ text|int }}`: zero, or the default, for what is no number.
fn int(
    state: &State,
    value: &Value,
    default: Option<Value>,
    base: Option<u32>,
    options: Kwargs,
) -> Result<Value, Error> {
    let default = default.or_else(|| (!options.has("default")).then(|| Value::from(0)));
    filters::int(state, &trimmed(value), default, base, options)
}

/// `{{ text|float }}`: zero, or the default, for what is no number.
fn float(
    state: &State,
    value: &Value,
    default: Option<Value>,
    options: Kwargs,
) -> Result<Value, Error> {
    let default = default.or_else(|| (!options.has("default")).then(|| Value::from(0.0)));
    filters::float(state, &trimmed(value), default, options)
}

/// Python reads numbers with space around them.
fn trimmed(value: &Value) -> Value {
    value
        .as_str()
        .map_or_else(|| value.clone(), |text| Value::from(text.trim()))
}

/// `<ul{{ {"class": "list", "id": none}|xmlattr }}>`
fn xmlattr(state: &State, attributes: &Value, autospace: Option<bool>) -> Result<Value, Error> {
    let pairs = attributes
        .as_object()
        .and_then(|object| object.try_iter_pairs());
    let pairs =
        pairs.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "xmlattr takes a mapping"))?;
    let mut written = Vec::new();
    for (name, value) in pairs {
        if value.is_none() || value.is_undefined() {
            continue;
        }
        let name = name.to_string();
        // A name of these would end the attribute, and begin what the template did not ask for.
        if name.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '>' | '=')) {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("{name:?} cannot be the name of an attribute"),
            ));
        }
        let name = TemplateValue(Value::from(name)).to_markup();
        written.push(format!("{name}=\"{}\"", TemplateValue(value).to_markup()));
    }
    let mut text = written.join(" ");
    if autospace.unwrap_or(true) && !text.is_empty() {
        text.insert(0, ' ');
    }
    Ok(match state.auto_escape() {
        AutoEscape::None => Value::from(text),
        _ => Value::from_safe_string(text),
    })
}

#[cfg(test)]
mod tests {
    use super::center;

    #[test]
    fn text_is_centered_as_python_does() {
        assert_eq!(center("ab", Some(5)), "  ab ");
        assert_eq!(center("abc", Some(6)), " abc  ");
        assert_eq!(center("abc", Some(2)), "abc");
    }
}
