//! The `int` and `float` converters.

use std::cmp::Ordering;

use crate::converter::{Argument, ArgumentError, ConverterArguments};
use crate::{BigInt, ValidationError, Value, number};

#[derive(Debug)]
pub(crate) struct Int {
    /// No more and no fewer characters; 0 for any number of them.
    fixed_digits: u64,
    least: Option<Bound>,
    most: Option<Bound>,
    signed: bool,
}

#[derive(Debug)]
pub(crate) struct Float {
    least: Option<Bound>,
    most: Option<Bound>,
    signed: bool,
}

/// A smallest or largest number, compared as Python does: without rounding an
/// integer.
#[derive(Debug)]
enum Bound {
    Int(BigInt),
    Float(f64),
}

impl Bound {
    fn of(argument: Option<&Argument>, name: &str) -> Result<Option<Self>, ArgumentError> {
        Ok(Some(match argument {
            None | Some(Argument::None) => return Ok(None),
            Some(Argument::Bool(given)) => Bound::Int(BigInt::from(i64::from(*given))),
            Some(Argument::Int(number)) => Bound::Int(BigInt::from(*number)),
            Some(Argument::BigInt(number)) => Bound::Int(number.clone()),
            Some(Argument::Float(number)) => Bound::Float(*number),
            Some(Argument::Str(text)) => {
                return Err(ArgumentError::new(format!(
                    "takes a number as {name}, not {text:?}"
                )));
            }
        }))
    }

    fn cmp_to(&self, number: &BigInt) -> Option<Ordering> {
        match self {
            Bound::Int(bound) => Some(bound.cmp(number)),
            // A float has an exact decimal form, so nothing is rounded here.
            Bound::Float(bound) if bound.is_finite() => {
                let whole: BigInt = format!("{:.0}", bound.trunc()).parse().ok()?;
                let fraction = bound.fract().partial_cmp(&0.0)?;
                Some(whole.cmp(number).then(fraction))
            }
            Bound::Float(bound) => bound.partial_cmp(&0.0),
        }
    }

    fn cmp_to_float(&self, number: f64) -> Option<Ordering> {
        match self {
            Bound::Float(bound) => bound.partial_cmp(&number),
            Bound::Int(_) if number.is_nan() => None,
            Bound::Int(bound) if number.is_finite() => {
                Bound::Float(number).cmp_to(bound).map(Ordering::reverse)
            }
            Bound::Int(_) => 0.0_f64.partial_cmp(&number),
        }
    }
}

/// Whether an argument is true in Python.
fn truth(argument: Option<&Argument>) -> bool {
    match argument {
        None | Some(Argument::None) => false,
        Some(Argument::Bool(given)) => *given,
        Some(Argument::Int(number)) => *number != 0,
        Some(Argument::BigInt(_)) => true,
        Some(Argument::Float(number)) => *number != 0.0,
        Some(Argument::Str(text)) => !text.is_empty(),
    }
}

fn outside() -> ValidationError {
    ValidationError::new("the number is outside of the bounds of the rule")
}

impl Int {
    pub(crate) fn new(arguments: &ConverterArguments) -> Result<Self, ArgumentError> {
        let [digits, least, most, signed] =
            arguments.bind(["fixed_digits", "min", "max", "signed"])?;
        let fixed_digits = match digits {
            None | Some(Argument::None) => Some(0),
            Some(Argument::Bool(given)) => Some(u64::from(*given)),
            Some(Argument::Int(number)) => u64::try_from(*number).ok(),
            Some(Argument::Float(number)) if *number >= 0.0 && number.fract() == 0.0 => {
                Some(*number as u64)
            }
            Some(_) => None,
        };
        Ok(Self {
            fixed_digits: fixed_digits.ok_or(ArgumentError::new(
                "takes a number of digits as fixed_digits",
            ))?,
            least: Bound::of(least, "min")?,
            most: Bound::of(most, "max")?,
            signed: truth(signed),
        })
    }

    pub(crate) fn signed(&self) -> bool {
        self.signed
    }

    /// Whether every number that has the rule's shape will do.
    pub(crate) fn takes_any_number(&self) -> bool {
        self.fixed_digits == 0 && self.least.is_none() && self.most.is_none()
    }

    /// The number that a text stands for, which the rule's shape has accepted.
    pub(crate) fn to_value(&self, text: &str) -> Result<Value<'static>, ValidationError> {
        if self.fixed_digits != 0 && text.chars().count() as u64 != self.fixed_digits {
            return Err(ValidationError::new(
                "the number has another count of digits",
            ));
        }
        let ascii = number::ascii(text);
        let small: Option<i64> = ascii.parse().ok();
        if self.least.is_none()
            && self.most.is_none()
            && let Some(small) = small
        {
            return Ok(Value::Int(small));
        }
        let number: BigInt = ascii.parse().map_err(|_| outside())?;
        let below = |bound: &Bound| bound.cmp_to(&number) == Some(Ordering::Greater);
        let above = |bound: &Bound| bound.cmp_to(&number) == Some(Ordering::Less);
        if self.least.as_ref().is_some_and(below) || self.most.as_ref().is_some_and(above) {
            return Err(outside());
        }
        Ok(small.map_or(Value::BigInt(number), Value::Int))
    }

    pub(crate) fn to_url(&self, value: &Value<'_>) -> Result<String, ValidationError> {
        let refused = || ValidationError::refusal(format!("{value:?} is no integer"));
        let text = match value {
            Value::Int(number) => number.to_string(),
            Value::BigInt(number) => number.to_string(),
            Value::Float(number) if number.is_finite() => format!("{:.0}", number.trunc()),
            Value::Str(text) => number::parse_int(text).ok_or_else(refused)?.to_string(),
            // Python takes a UUID for the number that it is.
            Value::Uuid(uuid) => uuid.as_u128().to_string(),
            _ => return Err(refused()),
        };
        // A negative number within (-1, 0) is zero.
        let text = if text == "-0" { "0".to_owned() } else { text };
        Ok(self.zero_filled(text))
    }

    /// Python's `zfill`: the sign counts and stays in front.
    fn zero_filled(&self, text: String) -> String {
        let width = usize::try_from(self.fixed_digits)
            .unwrap_or(usize::MAX)
            .min(1 << 16);
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text.as_str()),
        };
        match width.checked_sub(text.len()) {
            None | Some(0) => text,
            Some(missing) => format!("{sign}{}{digits}", "0".repeat(missing)),
        }
    }
}

impl Float {
    pub(crate) fn new(arguments: &ConverterArguments) -> Result<Self, ArgumentError> {
        let [least, most, signed] = arguments.bind(["min", "max", "signed"])?;
        Ok(Self {
            least: Bound::of(least, "min")?,
            most: Bound::of(most, "max")?,
            signed: truth(signed),
        })
    }

    pub(crate) fn signed(&self) -> bool {
        self.signed
    }

    pub(crate) fn to_value(&self, text: &str) -> Result<f64, ValidationError> {
        let number: f64 = number::ascii(text).parse().map_err(|_| outside())?;
        let below = |bound: &Bound| bound.cmp_to_float(number) == Some(Ordering::Greater);
        let above = |bound: &Bound| bound.cmp_to_float(number) == Some(Ordering::Less);
        if self.least.as_ref().is_some_and(below) || self.most.as_ref().is_some_and(above) {
            return Err(outside());
        }
        Ok(number)
    }

    /// Six decimals without the zeros at the end: `5.0` becomes `5.`, as in
    /// Werkzeug.
    pub(crate) fn to_url(&self, value: &Value<'_>) -> Result<String, ValidationError> {
        let refused = || ValidationError::refusal(format!("{value:?} is no float"));
        let number = match value {
            Value::Float(number) => *number,
            Value::Int(number) => *number as f64,
            Value::BigInt(number) => number.as_str().parse().map_err(|_| refused())?,
            Value::Str(text) => number::parse_float(text).ok_or_else(refused)?,
            _ => return Err(refused()),
        };
        // Python spells what is no finite number in small letters, and builds a URL that no rule matches.
        let text = format!("{number:.6}").to_ascii_lowercase();
        Ok(text.trim_end_matches('0').to_owned())
    }
}
