//! The `any` converter: one of several texts.

use std::borrow::Cow;

use crate::converter::{Argument, ArgumentError, ConverterArguments};
use crate::{ValidationError, Value, quote};

#[derive(Debug)]
pub(crate) struct AnyOf {
    /// In the order of the rule, which decides between items that begin alike
    /// when more text follows in the segment.
    items: Vec<String>,
}

impl AnyOf {
    pub(crate) fn new(arguments: &ConverterArguments) -> Result<Self, ArgumentError> {
        if let Some((name, _)) = arguments.keyword().next() {
            return Err(ArgumentError::new(format!("has no argument {name:?}")));
        }
        let item = |argument: &Argument| match argument {
            Argument::Str(text) => Ok(text.clone()),
            other => Err(ArgumentError::new(format!(
                "takes text, not {other}; quote it"
            ))),
        };
        let items = arguments
            .positional()
            .iter()
            .map(item)
            .collect::<Result<_, _>>()?;
        Ok(Self { items })
    }

    pub(crate) fn regex(&self) -> String {
        let items: Vec<String> = self
            .items
            .iter()
            .map(|item| crate::part::escape(item))
            .collect();
        format!("(?:{})", items.join("|"))
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        // Without items the regular expression matches nothing but the empty text.
        self.items.iter().any(|item| item == text) || self.items.is_empty() && text.is_empty()
    }

    pub(crate) fn to_url<'v>(&self, value: &'v Value<'_>) -> Result<Cow<'v, str>, ValidationError> {
        if let Value::Str(text) = value
            && self.items.iter().any(|item| item == text)
        {
            return Ok(Cow::Borrowed(text));
        }
        let mut items: Vec<&str> = self.items.iter().map(String::as_str).collect();
        items.sort_unstable();
        let shown = quote::text(value).unwrap_or(Cow::Borrowed("the value"));
        Err(ValidationError::refusal(format!(
            "{shown:?} is not one of {items:?}"
        )))
    }
}
