//! The headers of a request. Flask: `request.headers`.

use http::HeaderMap;
use serde::de::value::Error;
use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::error::Result;
use crate::headers::latin1;
use crate::maybe_ready::MaybeReady;
use crate::view::extract::deserializer::{Fields, Item, read};
use crate::view::{Argument, Arguments, Takes};

/// The headers, as a type of the program.
///
/// A field `user_agent` is the header `User-Agent`; `#[serde(rename = "X-Api-Key")]` names another one. Text
/// becomes other types as in a [`Form`](crate::Form). What does not fit is a 400 that names the header's field.
///
/// *Flask:* `request.headers`; Beyond Flask the type.
///
/// ```
/// use carafe::Headers;
/// use carafe::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Caller {
///     user_agent: Option<String>,
///     #[serde(rename = "X-Attempt", default)]
///     attempt: u32,
/// }
///
/// fn show(Headers(caller): Headers<Caller>) -> String {
///     format!("{:?} tries for the {}. time", caller.user_agent, caller.attempt)
/// }
///
/// let mut app = App::new("docs");
/// app.route("/", show);
/// let client = app.test_client();
/// let response = client.get("/").header("User-Agent", "curl").header("X-Attempt", 2).send();
/// assert_eq!(response.text(), "Some(\"curl\") tries for the 2. time");
/// assert_eq!(client.get("/").header("X-Attempt", "second").send().status(), 400);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headers<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> Argument for Headers<T> {
    fn takes() -> Takes {
        Takes::Request
    }

    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        let read = read(Named(arguments.request().headers()));
        MaybeReady::Ready(match read {
            Ok(value) => Ok(Self(value)),
            Err(misfit) => Err(misfit.into_http_error("header").into()),
        })
    }
}

/// Headers, asked for by the names of a struct's fields.
struct Named<'a>(&'a HeaderMap);

impl<'a> Named<'a> {
    fn all(&self) -> Fields<'a> {
        let headers = self.0.iter();
        headers
            .map(|(name, value)| (name.as_str(), latin1::decode(value.as_bytes())))
            .collect()
    }
}

impl<'de> Deserializer<'de> for Named<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.all().deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut fields = Fields::default();
        for field in names {
            for value in self.0.get_all(field.replace('_', "-")) {
                fields.add(field, Item::Text(latin1::decode(value.as_bytes())));
            }
        }
        fields.deserialize_struct(name, names, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
