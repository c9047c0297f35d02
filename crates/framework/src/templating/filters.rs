//! The filters that are Flask's or Jinja's own, in place of the engine's.

use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, State, Value};

use crate::context::try_current_app;
use crate::error::Result;
use crate::json::{DefaultJsonProvider, Layout};
use crate::templating::error::to_engine;
use crate::templating::value::TemplateValue;

/// Puts the filters into the environment.
pub(super) fn add_filters(env: &mut Environment<'static>) {
    env.add_filter("escape", escape);
    env.add_filter("e", escape);
    env.add_filter("forceescape", forceescape);
    env.add_filter("tojson", tojson);
}

fn escape(value: &Value) -> Value {
    safe(TemplateValue(value.clone()))
}

fn safe(value: TemplateValue) -> Value {
    Value::from_safe_string(value.to_markup().to_string())
}

/// *Jinja:* the `forceescape` filter, which escapes what is safe too.
fn forceescape(value: &Value) -> Value {
    Value::from_safe_string(crate::html::escape(&value.to_string()))
}

/// JSON that may stand in a script and between single quotes. *Flask:* `tojson`.
fn tojson(
    state: &State,
    value: &Value,
    indent: Option<usize>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let indent = match indent {
        Some(indent) => Some(indent),
        None => kwargs.get::<Option<usize>>("indent")?,
    };
    kwargs.assert_all_used()?;
    if value.is_undefined() {
        return Err(Error::new(
            ErrorKind::UndefinedError,
            format!(
                "an undefined value has no form in JSON (in {})",
                state.name()
            ),
        ));
    }
    let text = json(value, indent).map_err(to_engine)?;
    Ok(Value::from_safe_string(htmlsafe(&text)))
}

/// The app's JSON with its keys sorted, in lines if the template asks for an indentation.
fn json(value: &Value, indent: Option<usize>) -> Result<String> {
    let app = try_current_app()?;
    let Some(default) = app.json().as_default() else {
        return Ok(app.json().to_text(value)?);
    };
    let sorted = DefaultJsonProvider {
        sort_keys: true,
        ..default.clone()
    };
    Ok(match indent {
        Some(indent) => reindented(&sorted.write(value, Layout::Indented)?, indent),
        None => sorted.write(value, Layout::Spaced)?,
    })
}

/// The text with the indentation of each line, two spaces a level, made as wide as asked for.
fn reindented(text: &str, indent: usize) -> String {
    // The width is the template's word: wider than a line is long serves nobody.
    let indent = indent.min(80);
    let lines = text.lines().map(|line| {
        let content = line.trim_start_matches(' ');
        let levels = (line.len() - content.len()) / 2;
        format!("{}{content}", " ".repeat(levels * indent))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// *Flask:* `jinja2.utils.htmlsafe_json_dumps`.
fn htmlsafe(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\'' => safe.push_str("\\u0027"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{htmlsafe, reindented};

    #[test]
    fn json_may_stand_in_a_script_and_in_an_attribute() {
        assert_eq!(
            htmlsafe("\"</script>&'\""),
            "\"\\u003c/script\\u003e\\u0026\\u0027\""
        );
    }

    #[test]
    fn lines_are_indented_as_wide_as_asked_for() {
        assert_eq!(reindented("[\n  [\n    1\n  ]\n]", 1), "[\n [\n  1\n ]\n]");
    }
}
