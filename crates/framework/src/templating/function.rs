//! Functions of the app that templates call: filters, tests and globals.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use carafe_sessions::Markup;
use minijinja::value::{Kwargs, Rest, ValueOrKwargs};
use minijinja::{ErrorKind, Value};
use serde::de::Deserialize;
use serde::ser::{Serialize, Serializer};

use crate::error::{Error, Result};
use crate::templating::error::to_engine;
use crate::templating::serialize::{READY, to_value};
use crate::templating::value::TemplateValue;

type Call = dyn Fn(&TemplateArguments<'_>) -> Result<Value> + Send + Sync;

/// A function that templates can call; [`template_function`] makes one of a Rust function.
///
/// It can be a filter, a test, a global, and a value of a context: `context! { price = template_function(price) }`.
#[derive(Clone)]
#[must_use = "a function does nothing until templates are given it"]
pub struct TemplateFunction {
    call: Arc<Call>,
    parameters: Arc<[String]>,
}

/// Makes a function that templates can call of a Rust function.
///
/// It takes up to six arguments, each a [`TemplateArgument`], and returns anything serde can write, or a `Result`
/// of it.
///
/// ```
/// use carafe::prelude::*;
/// use carafe::template_function;
///
/// fn price(amount: f64, currency: Option<String>) -> String {
///     format!("{amount:.2} {}", currency.as_deref().unwrap_or("EUR"))
/// }
///
/// let mut app = App::new("docs");
/// app.template_global("price", template_function(price).parameters(["amount", "currency"]));
/// let ctx = app.build()?.app_context();
/// let _guard = ctx.push()?;
/// let page = render_template_string("{{ price(3) }}, {{ price(2.5, currency='USD') }}", ())?;
/// assert_eq!(page.into_text(), "3.00 EUR, 2.50 USD");
/// # Ok::<(), carafe::Error>(())
/// ```
pub fn template_function<M>(function: impl IntoTemplateFunction<M>) -> TemplateFunction {
    function.into_template_function()
}

impl TemplateFunction {
    /// Names the parameters, in order, so that templates can give them by name.
    ///
    /// Rust does not tell a function's parameters; without names, templates give all arguments by place.
    pub fn parameters<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.parameters = names.into_iter().map(Into::into).collect();
        self
    }

    /// Calls the function with what the template gives it.
    pub(super) fn call(&self, arguments: Rest<ValueOrKwargs>) -> Result<Value, minijinja::Error> {
        let mut by_place = arguments.into_values();
        let by_name = match by_place.pop() {
            Some(last) if last.is_kwargs() => Some(Kwargs::try_from(last)?),
            Some(last) => {
                by_place.push(last);
                None
            }
            None => None,
        };
        let arguments = TemplateArguments {
            by_place,
            by_name,
            parameters: &self.parameters,
        };
        arguments.check_names()?;
        (self.call)(&arguments).map_err(to_engine)
    }

    pub(super) fn into_value(self) -> Value {
        Value::from_function(move |arguments: Rest<ValueOrKwargs>| self.call(arguments))
    }
}

impl fmt::Debug for TemplateFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TemplateFunction")
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

/// Passes the function through as it is, where the serializer is ours.
impl Serialize for TemplateFunction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(READY, &self.clone().into_value())
    }
}

/// What a template gives a function.
#[derive(Debug)]
pub struct TemplateArguments<'a> {
    by_place: Vec<Value>,
    by_name: Option<Kwargs>,
    parameters: &'a [String],
}

impl TemplateArguments<'_> {
    /// No name may be unknown, or be given by place as well.
    fn check_names(&self) -> Result<(), minijinja::Error> {
        let refused = |name: &str, reason: &str| {
            Err(minijinja::Error::new(
                ErrorKind::TooManyArguments,
                format!("the argument {name:?} {reason}"),
            ))
        };
        for name in self.by_name.iter().flat_map(Kwargs::args) {
            match self
                .parameters
                .iter()
                .position(|parameter| parameter == name)
            {
                None => return refused(name, "is unknown"),
                Some(place) if place < self.by_place.len() => {
                    return refused(name, "is given twice");
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn take<T: TemplateArgument>(&self, place: usize) -> Result<T> {
        let named = |name: &String| self.by_name.as_ref()?.peek::<Value>(name).ok();
        let value = self
            .by_place
            .get(place)
            .cloned()
            .or_else(|| named(self.parameters.get(place)?));
        T::from_template(value.map(TemplateValue)).map_err(|error| {
            match self.parameters.get(place) {
                Some(name) => Error::msg(format!("the argument {name:?}: {error}")),
                None => Error::msg(format!("the argument in place {}: {error}", place + 1)),
            }
        })
    }

    fn finish(&self, count: usize) -> Result<()> {
        match self.by_place.len() {
            given if given > count => Err(Error::msg(format!(
                "the function takes {count} arguments, not {given}"
            ))),
            _ => Ok(()),
        }
    }
}

/// An argument of a function that templates call.
///
/// | type | takes |
/// | --- | --- |
/// | numbers, `bool`, `char` | such a value |
/// | `String` | text, and what prints as text |
/// | [`Markup`] | the value as safe HTML: escaped, unless it is safe already |
/// | `Vec<T>`, `HashMap<String, T>`, `BTreeMap<String, T>` | a list, a mapping |
/// | `Option<T>` | what may be missing, none or undefined |
/// | [`TemplateValue`] | anything, to be read with [`TemplateValue::to`] |
#[diagnostic::on_unimplemented(
    message = "templates cannot give a function a `{Self}`",
    note = "take a number, `bool`, `String`, `Markup`, `Vec<T>`, `Option<T>` or `TemplateValue`"
)]
pub trait TemplateArgument: Sized {
    /// Reads the argument; none when the template does not give it.
    ///
    /// # Errors
    /// When it is missing, or of another type.
    fn from_template(value: Option<TemplateValue>) -> Result<Self>;
}

fn required(value: Option<TemplateValue>) -> Result<TemplateValue> {
    match value {
        Some(value) if value.is_undefined() => Err(Error::msg("it is undefined")),
        Some(value) => Ok(value),
        None => Err(Error::msg("it is missing")),
    }
}

macro_rules! plain_arguments {
    ($($type:ty),+ $(,)?) => {$(
        impl TemplateArgument for $type {
            fn from_template(value: Option<TemplateValue>) -> Result<Self> {
                Ok(<$type>::deserialize(required(value)?.0)?)
            }
        }
    )+};
}

plain_arguments! {
    bool, char, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64, serde_json::Value,
}

impl TemplateArgument for String {
    fn from_template(value: Option<TemplateValue>) -> Result<Self> {
        let value = required(value)?;
        Ok(value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned))
    }
}

impl TemplateArgument for Markup {
    fn from_template(value: Option<TemplateValue>) -> Result<Self> {
        Ok(required(value)?.to_markup())
    }
}

impl TemplateArgument for TemplateValue {
    fn from_template(value: Option<TemplateValue>) -> Result<Self> {
        value.ok_or_else(|| Error::msg("it is missing"))
    }
}

impl<T: TemplateArgument> TemplateArgument for Option<T> {
    fn from_template(value: Option<TemplateValue>) -> Result<Self> {
        match value {
            Some(value) if !value.is_undefined() && !value.0.is_none() => {
                T::from_template(Some(value)).map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl<T: TemplateArgument> TemplateArgument for Vec<T> {
    fn from_template(value: Option<TemplateValue>) -> Result<Self> {
        required(value)?
            .0
            .try_iter()?
            .map(|item| T::from_template(Some(TemplateValue(item))))
            .collect()
    }
}

fn pairs<T: TemplateArgument, C: FromIterator<(String, T)>>(
    value: Option<TemplateValue>,
) -> Result<C> {
    let value = required(value)?.0;
    let pairs = value.as_object().and_then(|object| object.try_iter_pairs());
    let pairs =
        pairs.ok_or_else(|| Error::msg(format!("it is a {}, not a mapping", value.kind())))?;
    pairs
        .map(|(key, value)| {
            Ok((
                key.to_string(),
                T::from_template(Some(TemplateValue(value)))?,
            ))
        })
        .collect()
}

impl<T: TemplateArgument> TemplateArgument for HashMap<String, T> {
    fn from_template(value: Option<TemplateValue>) -> Result<Self> {
        pairs(value)
    }
}

impl<T: TemplateArgument> TemplateArgument for BTreeMap<String, T> {
    fn from_template(value: Option<TemplateValue>) -> Result<Self> {
        pairs(value)
    }
}

/// Marks answers that are values.
#[derive(Debug)]
pub struct Plain;

/// Marks answers that may be errors.
#[derive(Debug)]
pub struct Fallible;

/// What a function that templates call may return: anything serde can write, or a `Result` of it.
///
/// An error that serde can write too, as [`HttpError`](crate::HttpError), would be either: convert it into
/// [`Error`] with `?` first.
#[diagnostic::on_unimplemented(
    message = "a function that templates call cannot return `{Self}`",
    note = "return a type that implements `serde::Serialize`, or a `Result` of one"
)]
pub trait TemplateAnswer<Marker> {
    /// The value for the template.
    ///
    /// # Errors
    /// When the function failed.
    fn template_answer(self) -> Result<TemplateValue>;
}

impl<T: Serialize> TemplateAnswer<Plain> for T {
    fn template_answer(self) -> Result<TemplateValue> {
        Ok(TemplateValue(to_value(&self)))
    }
}

impl<T: Serialize, E: Into<Error>> TemplateAnswer<Fallible> for Result<T, E> {
    fn template_answer(self) -> Result<TemplateValue> {
        self.map(|value| TemplateValue(to_value(&value)))
            .map_err(Into::into)
    }
}

/// A Rust function that templates can call, or a [`TemplateFunction`]. `Marker` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be called by templates",
    note = "it is a function of 0 to 6 arguments, each a number, `bool`, `String`, `Markup`, `Vec<T>`, `Option<T>` or `TemplateValue`",
    note = "it returns a type that implements `serde::Serialize`, or a `Result` of one"
)]
pub trait IntoTemplateFunction<Marker> {
    /// Erases the function's type.
    fn into_template_function(self) -> TemplateFunction;
}

impl IntoTemplateFunction<()> for TemplateFunction {
    fn into_template_function(self) -> TemplateFunction {
        self
    }
}

macro_rules! arity {
    ($count:literal $(, $type:ident $place:literal)*) => {
        impl<F, R, Answer, $($type),*> IntoTemplateFunction<(Answer, $($type,)*)> for F
        where
            F: Fn($($type),*) -> R + Send + Sync + 'static,
            R: TemplateAnswer<Answer>,
            $($type: TemplateArgument,)*
        {
            fn into_template_function(self) -> TemplateFunction {
                let call = move |arguments: &TemplateArguments<'_>| {
                    arguments.finish($count)?;
                    Ok(self($(arguments.take::<$type>($place)?),*).template_answer()?.0)
                };
                TemplateFunction { call: Arc::new(call), parameters: Arc::new([]) }
            }
        }
    };
}

arity!(0);
arity!(1, A 0);
arity!(2, A 0, B 1);
arity!(3, A 0, B 1, C 2);
arity!(4, A 0, B 1, C 2, D 3);
arity!(5, A 0, B 1, C 2, D 3, E 4);
arity!(6, A 0, B 1, C 2, D 3, E 4, G 5);
