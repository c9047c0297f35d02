//! The built-in converters: string, any, int, float, path and uuid.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::converter::any::AnyOf;
use crate::converter::number::{Float, Int};
use crate::converter::{AnyConverter, Argument, ArgumentError, ConverterArguments, Factory};
use crate::{ValidationError, Value, ValueType, number, quote};

/// One built-in converter with its arguments.
#[derive(Debug, Clone)]
pub(crate) enum Builtin {
    /// One segment of so many characters.
    Text {
        least: u32,
        most: Option<u32>,
        exact: bool,
    },
    Any(Arc<AnyOf>),
    Int(Arc<Int>),
    Float(Arc<Float>),
    /// Any number of segments.
    Path,
    Uuid,
}

/// The text that a built-in converter accepts, checked without a regular
/// expression.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Text { least: u32, most: Option<u32> },
    Any(Arc<AnyOf>),
    Int { signed: bool },
    Float { signed: bool },
    Path,
    Uuid,
}

const UUID: &str = "[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}";

/// The factories of the converters that every map has.
pub(crate) fn builtin() -> HashMap<String, Factory> {
    type Make = fn(&ConverterArguments) -> Result<Builtin, ArgumentError>;
    let makers: [(&str, Make); 7] = [
        ("default", text),
        ("string", text),
        ("any", |arguments| {
            AnyOf::new(arguments).map(|any| Builtin::Any(Arc::new(any)))
        }),
        // These two have nothing to set and, as Werkzeug's base class, take any arguments.
        ("path", |_| Ok(Builtin::Path)),
        ("int", |arguments| {
            Int::new(arguments).map(|int| Builtin::Int(Arc::new(int)))
        }),
        ("float", |arguments| {
            Float::new(arguments).map(|float| Builtin::Float(Arc::new(float)))
        }),
        ("uuid", |_| Ok(Builtin::Uuid)),
    ];
    let factory = |make: Make| -> Factory {
        Arc::new(move |arguments| make(arguments).map(AnyConverter::Builtin))
    };
    makers
        .map(|(name, make)| (name.to_owned(), factory(make)))
        .into()
}

fn text(arguments: &ConverterArguments) -> Result<Builtin, ArgumentError> {
    let [least, most, exact] = arguments.bind(["minlength", "maxlength", "length"])?;
    let given = |argument: Option<&Argument>, name: &str| match argument {
        None | Some(Argument::None) => Ok(None),
        Some(argument) => length(argument, name).map(Some),
    };
    if let Some(exact) = given(exact, "length")? {
        return Ok(Builtin::Text {
            least: exact,
            most: Some(exact),
            exact: true,
        });
    }
    let least = match least {
        None => 1,
        Some(least) => length(least, "minlength")?,
    };
    let most = given(most, "maxlength")?;
    if most.is_some_and(|most| most < least) {
        return Err(ArgumentError::new("takes no maxlength below its minlength"));
    }
    Ok(Builtin::Text {
        least,
        most,
        exact: false,
    })
}

/// A length as Python's `int` makes it of an argument.
fn length(argument: &Argument, name: &str) -> Result<u32, ArgumentError> {
    let length = match argument {
        Argument::Bool(given) => Some(u32::from(*given)),
        Argument::Int(number) => u32::try_from(*number).ok(),
        Argument::Float(number) if (0.0..f64::from(u32::MAX)).contains(number) => {
            Some(*number as u32)
        }
        Argument::Str(text) => {
            number::parse_int(text).and_then(|number| number.as_str().parse().ok())
        }
        _ => None,
    };
    length.ok_or_else(|| ArgumentError::new(format!("takes a length as {name}, not {argument}")))
}

impl Builtin {
    pub(crate) fn regex(&self) -> Cow<'static, str> {
        match self {
            Builtin::Text {
                least, exact: true, ..
            } => format!("[^/]{{{least}}}").into(),
            Builtin::Text {
                least, most: None, ..
            } => format!("[^/]{{{least},}}").into(),
            Builtin::Text {
                least,
                most: Some(most),
                ..
            } => format!("[^/]{{{least},{most}}}").into(),
            Builtin::Any(any) => any.regex().into(),
            Builtin::Int(int) if int.signed() => r"-?\d+".into(),
            Builtin::Int(_) => r"\d+".into(),
            Builtin::Float(float) if float.signed() => r"-?\d+\.\d+".into(),
            Builtin::Float(_) => r"\d+\.\d+".into(),
            Builtin::Path => "[^/].*?".into(),
            Builtin::Uuid => UUID.into(),
        }
    }

    pub(crate) fn shape(&self) -> Shape {
        match self {
            Builtin::Text { least, most, .. } => Shape::Text {
                least: *least,
                most: *most,
            },
            Builtin::Any(any) => Shape::Any(Arc::clone(any)),
            Builtin::Int(int) => Shape::Int {
                signed: int.signed(),
            },
            Builtin::Float(float) => Shape::Float {
                signed: float.signed(),
            },
            Builtin::Path => Shape::Path,
            Builtin::Uuid => Shape::Uuid,
        }
    }

    pub(crate) fn weight(&self) -> i32 {
        match self {
            Builtin::Int(_) | Builtin::Float(_) => 50,
            Builtin::Path => 200,
            Builtin::Text { .. } | Builtin::Any(_) | Builtin::Uuid => 100,
        }
    }

    pub(crate) fn value_type(&self) -> ValueType {
        match self {
            Builtin::Int(_) => ValueType::Int,
            Builtin::Float(_) => ValueType::Float,
            Builtin::Uuid => ValueType::Uuid,
            Builtin::Text { .. } | Builtin::Any(_) | Builtin::Path => ValueType::Str,
        }
    }

    pub(crate) fn to_url<'v>(&self, value: &'v Value<'_>) -> Result<Cow<'v, str>, ValidationError> {
        match self {
            Builtin::Text { .. } | Builtin::Path => quote::value_in_path(value),
            Builtin::Any(any) => any.to_url(value),
            Builtin::Int(int) => int.to_url(value).map(Cow::Owned),
            Builtin::Float(float) => float.to_url(value).map(Cow::Owned),
            // Werkzeug takes any value here and quotes nothing.
            Builtin::Uuid => quote::text(value),
        }
    }
}

impl Shape {
    /// Whether the whole text is of this shape.
    pub(crate) fn accepts(&self, text: &str) -> bool {
        match self {
            // The usual case asks for one byte and no slash: segments have none,
            // and a target of several segments never gets here without one.
            Shape::Text {
                least: 1,
                most: None,
            } => !text.is_empty() && !text.contains('/'),
            Shape::Text { least, most } => {
                let most = most.map_or(usize::MAX, |most| most as usize);
                // A character takes one to four bytes.
                text.len() >= *least as usize
                    && text.len() / 4 <= most
                    && (*least as usize..=most).contains(&text.chars().count())
                    && !text.contains('/')
            }
            Shape::Any(any) => any.contains(text),
            Shape::Int { signed } => is_digits(unsigned(text, *signed)),
            Shape::Float { signed } => unsigned(text, *signed)
                .split_once('.')
                .is_some_and(|(whole, fraction)| is_digits(whole) && is_digits(fraction)),
            // The first character may be a line break, the rest may not.
            Shape::Path => {
                let mut chars = text.chars();
                chars.next().is_some_and(|first| first != '/') && !chars.as_str().contains('\n')
            }
            Shape::Uuid => is_uuid(text),
        }
    }
}

fn unsigned(text: &str, signed: bool) -> &str {
    match signed {
        true => text.strip_prefix('-').unwrap_or(text),
        false => text,
    }
}

fn is_digits(text: &str) -> bool {
    let ascii = text.bytes().all(|byte| byte.is_ascii_digit());
    !text.is_empty() && (ascii || text.chars().all(|c| number::decimal_digit(c).is_some()))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
