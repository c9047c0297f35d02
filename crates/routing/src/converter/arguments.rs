//! The arguments that a rule gives to a converter: `<name(2, x="y"):variable>`.

use std::borrow::Cow;
use std::fmt;

use crate::BigInt;

/// Holds one argument of a converter.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Argument {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer beyond 64 bits.
    BigInt(BigInt),
    /// A floating point number.
    Float(f64),
    /// A quoted text or a bare word.
    Str(String),
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Argument::None => f.write_str("None"),
            Argument::Bool(true) => f.write_str("True"),
            Argument::Bool(false) => f.write_str("False"),
            Argument::Int(number) => number.fmt(f),
            Argument::BigInt(number) => number.fmt(f),
            Argument::Float(number) => number.fmt(f),
            Argument::Str(text) => write!(f, "{text:?}"),
        }
    }
}

/// Holds the arguments that a rule gives to the converter of a variable.
///
/// *Werkzeug:* `parse_converter_args`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConverterArguments {
    positional: Vec<Argument>,
    keyword: Vec<(String, Argument)>,
}

impl ConverterArguments {
    /// Returns the arguments without a name, in order.
    #[must_use]
    pub fn positional(&self) -> &[Argument] {
        &self.positional
    }

    /// Goes through the arguments with a name, in order.
    pub fn keyword(&self) -> impl Iterator<Item = (&str, &Argument)> {
        self.keyword
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the argument with a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Argument> {
        let mut keyword = self.keyword.iter();
        keyword.find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Returns whether there are no arguments.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.positional.is_empty() && self.keyword.is_empty()
    }

    /// Puts the arguments in the places of named parameters, as a call in Python
    /// does.
    ///
    /// ```
    /// use carafe_routing::{Argument, ArgumentError, ConverterArguments};
    ///
    /// fn factory(arguments: &ConverterArguments) -> Result<(), ArgumentError> {
    ///     let [width, height] = arguments.bind(["width", "height"])?;
    ///     # assert!(width.is_none() && height.is_none());
    ///     Ok(())
    /// }
    /// # factory(&ConverterArguments::default()).unwrap();
    /// ```
    ///
    /// # Errors
    /// Too many arguments, an argument of another name, or one given twice.
    pub fn bind<const N: usize>(
        &self,
        parameters: [&str; N],
    ) -> Result<[Option<&Argument>; N], ArgumentError> {
        if self.positional.len() > N {
            let given = self.positional.len();
            return Err(ArgumentError::new(format!(
                "takes at most {N} arguments, {given} given"
            )));
        }
        let mut bound = [None; N];
        for (place, value) in bound.iter_mut().zip(&self.positional) {
            *place = Some(value);
        }
        for (name, value) in &self.keyword {
            let at = parameters.iter().position(|parameter| parameter == name);
            match at.and_then(|at| bound.get_mut(at)) {
                Some(place @ None) => *place = Some(value),
                Some(Some(_)) => {
                    return Err(ArgumentError::new(format!(
                        "argument {name:?} is given twice"
                    )));
                }
                None => {
                    return Err(ArgumentError::new(format!("has no argument {name:?}")));
                }
            }
        }
        Ok(bound)
    }

    pub(crate) fn push(&mut self, name: Option<String>, value: Argument) {
        match name {
            None => self.positional.push(value),
            // As in a Python dict, the last of a name counts.
            Some(name) => match self.keyword.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => self.keyword.push((name, value)),
            },
        }
    }
}

/// Says that a converter refuses the arguments that a rule gives to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentError {
    reason: Cow<'static, str>,
}

impl ArgumentError {
    /// Makes the error; the reason follows the name of the converter in a
    /// sentence: "takes at most 2 arguments".
    #[must_use]
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for ArgumentError {}
