//! The options that the measurements take.

use std::collections::BTreeMap;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow};

/// `--NAME VALUE` pairs.
#[derive(Debug)]
pub(super) struct Options(BTreeMap<String, String>);

impl Options {
    pub(super) fn read(words: &[String]) -> Result<Self> {
        let mut options = BTreeMap::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let name = word
                .strip_prefix("--")
                .with_context(|| format!("what is `{word}`?"))?;
            let value = words
                .next()
                .with_context(|| format!("{word} wants a value"))?;
            options.insert(name.to_owned(), value.clone());
        }
        Ok(Self(options))
    }

    /// Returns a number, or `default` when the option was not given.
    pub(super) fn number<T: FromStr>(&self, name: &str, default: T) -> Result<T> {
        match self.0.get(name) {
            Some(text) => text
                .parse()
                .map_err(|_| anyhow!("--{name} {text} is not a number")),
            None => Ok(default),
        }
    }

    /// Returns the members of a comma-separated list.
    pub(super) fn list<'a>(&'a self, name: &str, default: &'a str) -> Vec<&'a str> {
        self.text(name, default).split(',').collect()
    }

    /// Returns the text of an option.
    pub(super) fn text<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.0.get(name).map_or(default, String::as_str)
    }
}
