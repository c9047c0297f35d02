//! What a view's arguments take: the URL's variables, or anything else of the request.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use carafe_routing::{BigInt, Uuid, Value, ValueType, Values};
use serde::de::DeserializeOwned;

use crate::error::{Error, HttpError, Result};
use crate::maybe_ready::MaybeReady;
use crate::request::Request;

/// A value that a view can have as an argument.
///
/// It is implemented for the types of URL variables, which take the next variable of the URL, and for
/// extractors, which take what they like of the request. Implement it for extractors of your own.
///
/// *Beyond Flask:* Flask passes the URL's variables as keyword arguments and leaves the rest to `request`.
///
/// ```
/// use carafe::{Argument, Arguments, HttpError, MaybeReady, Result};
///
/// struct ApiKey(String);
///
/// impl Argument for ApiKey {
///     fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
///         let key = arguments.request().headers().get("x-api-key").and_then(|key| key.to_str().ok());
///         MaybeReady::Ready(key.map(|key| ApiKey(key.to_owned())).ok_or_else(|| HttpError::new(401).into()))
///     }
/// }
///
/// fn view(key: ApiKey) -> String {
///     key.0
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a view",
    label = "neither a URL variable nor an extractor",
    note = "URL variables are `String`, the integer types, `f64`, `f32`, `BigInt`, `Uuid`, `Value<'static>` or `Converted<T>`",
    note = "extractors are `Request`, `Json<T>`, `Form<T>`, `Query<T>`, `Headers<T>`, `Cookies<T>`, `Path<T>`, `Values<'static>`, `State<T>` and your own types that implement `Argument`",
    note = "borrowed text cannot be an argument: take a `String`"
)]
pub trait Argument: Sized + Send + 'static {
    /// What the argument takes, for the checks before the first request; no URL variable, unless told.
    fn takes() -> Takes {
        Takes::Request
    }

    /// Takes the argument.
    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>>;
}

/// What an argument takes of a request.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Takes {
    /// The next variable of the URL, if `accepts` says yes to its type.
    Variable {
        /// The argument's type, for messages.
        name: &'static str,
        /// Which types of variables the argument can be made of.
        accepts: fn(&ValueType) -> bool,
    },
    /// All variables of the URL, by name.
    Variables,
    /// A value of the app's state.
    State {
        /// The type, for messages.
        name: &'static str,
        /// Whether the app has such a value.
        provided: fn(&crate::app::Extensions) -> bool,
    },
    /// Something else of the request.
    Request,
}

/// The arguments of one call of a view.
#[derive(Debug)]
pub struct Arguments<'a> {
    request: &'a Request,
    taken: usize,
}

impl<'a> Arguments<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        Self { request, taken: 0 }
    }

    /// The request.
    pub fn request(&self) -> &'a Request {
        self.request
    }

    /// All variables of the URL, by name.
    pub fn view_args(&self) -> Values<'a> {
        self.request.view_args_borrowed()
    }

    fn next<T>(&mut self, read: impl FnOnce(Value<'_>) -> Option<T>) -> Result<T> {
        let place = self.taken;
        self.taken += 1;
        let value = self.request.view_arg(place);
        let has_value = value.is_some();
        value
            .and_then(read)
            .ok_or_else(|| unfit(self.request, place, has_value))
    }
}

/// The error of a variable that is not there, or not of the type that the view takes.
fn unfit(request: &Request, place: usize, has_value: bool) -> Error {
    let (number, endpoint) = (place + 1, request.endpoint().unwrap_or_default());
    Error::msg(match has_value {
        true => format!(
            "argument {number} of the view for {endpoint:?} does not fit the value of the URL"
        ),
        false => format!("the URL has no value for argument {number} of the view for {endpoint:?}"),
    })
}

impl<T> MaybeReady<Result<T>> {
    pub(crate) async fn finish(self) -> Result<T> {
        match self {
            MaybeReady::Ready(answer) => answer,
            MaybeReady::Waiting(future) => future.await,
        }
    }
}

macro_rules! variable {
    ($type:ty, $accepts:pat, |$value:ident| $read:expr) => {
        impl Argument for $type {
            fn takes() -> Takes {
                Takes::Variable {
                    name: stringify!($type),
                    accepts: |kind| matches!(kind, $accepts),
                }
            }

            fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
                MaybeReady::Ready(arguments.next(|$value| $read))
            }
        }
    };
}

variable!(String, ValueType::Str, |value| value
    .as_str()
    .map(str::to_owned));
variable!(f64, ValueType::Float, |value| value.as_float());
variable!(Uuid, ValueType::Uuid, |value| value.as_uuid());
variable!(BigInt, ValueType::Int, |value| match value {
    Value::BigInt(number) => Some(number.clone()),
    other => other.as_int().map(BigInt::from),
});
variable!(Value<'static>, _, |value| Some(value.into_owned()));

/// Integers that may not hold what the URL has: such a URL is as unknown as one that does not match.
macro_rules! integer {
    ($($type:ty),*) => {$(
        impl Argument for $type {
            fn takes() -> Takes {
                Takes::Variable { name: stringify!($type), accepts: |kind| matches!(kind, ValueType::Int) }
            }

            fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
                let number = arguments.next(|value| match value {
                    Value::BigInt(_) => Some(None),
                    other => other.as_int().map(|number| <$type>::try_from(number).ok()),
                });
                MaybeReady::Ready(match number {
                    Ok(Some(number)) => Ok(number),
                    Ok(None) => Err(HttpError::new(404).into()),
                    Err(error) => Err(error),
                })
            }
        }
    )*};
}

integer!(
    i64, i32, i16, i8, isize, u64, u32, u16, u8, usize, i128, u128
);

/// The value of a converter of your own, as the next variable of the URL.
#[derive(Debug, Clone)]
pub struct Converted<T>(pub Arc<T>);

impl<T: std::any::Any + Send + Sync> Argument for Converted<T> {
    fn takes() -> Takes {
        Takes::Variable {
            name: std::any::type_name::<T>(),
            accepts: |kind| *kind == ValueType::custom::<T>(),
        }
    }

    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        MaybeReady::Ready(arguments.next(|value| match value {
            Value::Custom(custom) => custom.downcast::<T>().map(Converted),
            _ => None,
        }))
    }
}

impl<T> Deref for Converted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl Argument for Request {
    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        MaybeReady::Ready(Ok(arguments.request().clone()))
    }
}

/// All variables of the URL by name, read into a type of yours by serde.
///
/// *Flask:* the keyword arguments of a view.
///
/// ```
/// use carafe::{App, Path, Scaffold};
///
/// #[derive(serde::Deserialize)]
/// struct Place {
///     year: u16,
///     name: String,
/// }
///
/// let mut app = App::new("docs");
/// app.route("/<int:year>/<name>", |Path(place): Path<Place>| format!("{} in {}", place.name, place.year))
///     .endpoint("place");
/// assert_eq!(app.test_client().get("/1999/paris").send().text(), "paris in 1999");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> Argument for Path<T> {
    fn takes() -> Takes {
        Takes::Variables
    }

    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        let values = arguments.view_args();
        let map: serde_json::Map<String, serde_json::Value> = values
            .iter()
            .map(|(name, value)| (name.to_owned(), plain_json(value)))
            .collect();
        let read = serde_json::from_value(serde_json::Value::Object(map));
        MaybeReady::Ready(
            read.map(Path)
                .map_err(|error| HttpError::new(404).with_source(error).into()),
        )
    }
}

/// All variables of the URL by name, of whatever types they have.
///
/// *Flask:* a view with `**kwargs`.
///
/// ```
/// use carafe::routing::Values;
/// use carafe::{App, Scaffold};
///
/// fn show(values: Values<'static>) -> String {
///     format!("{} values", values.len())
/// }
///
/// let mut app = App::new("docs");
/// app.route("/<int:year>/<name>", show);
/// app.route("/", show);
/// assert_eq!(app.test_client().get("/1999/paris").send().text(), "2 values");
/// ```
impl Argument for Values<'static> {
    fn takes() -> Takes {
        Takes::Variables
    }

    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        MaybeReady::Ready(Ok(arguments.request().view_args()))
    }
}

/// The value of a URL variable in JSON's types, as serde reads it.
pub(crate) fn plain_json(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Int(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::BigInt(number) => number.to_string().into(),
        Value::Uuid(uuid) => uuid.to_string().into(),
        Value::Str(text) => text.as_ref().into(),
        Value::Custom(custom) => custom.text().into(),
        Value::List(items) => items.iter().map(plain_json).collect(),
        _ => serde_json::Value::Null,
    }
}

/// A value that was given to the app with [`App::state`](crate::App::state).
///
/// *Beyond Flask:* Flask's `app.extensions` by type; that a view asks for what nobody gave is an error at
/// start-up.
pub struct State<T>(pub Arc<T>);

impl<T: Send + Sync + 'static> Argument for State<T> {
    fn takes() -> Takes {
        Takes::State {
            name: std::any::type_name::<T>(),
            provided: |extensions| extensions.get::<T>().is_some(),
        }
    }

    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        let state = arguments.request().app().state::<T>().map(State);
        MaybeReady::Ready(state.ok_or_else(|| {
            Error::msg(format!(
                "no state of type {} was given to the app",
                std::any::type_name::<T>()
            ))
        }))
    }
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("State").field(&self.0).finish()
    }
}
