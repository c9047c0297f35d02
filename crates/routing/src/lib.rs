//! Werkzeug's URL routing, as a library of its own.
#![warn(missing_docs)]

mod adapter;
mod bound;
mod build;
mod converter;
mod error;
mod host;
mod join;
mod lazy;
mod map;
mod matcher;
mod method;
mod nearest;
mod number;
mod outcome;
mod parse;
mod part;
mod quote;
mod redirect;
mod rule;
mod value;

pub use adapter::{Bind, BindRequest, MatchOptions, QueryArgs, UrlAdapter};
pub use build::BuildOptions;
pub use converter::{Argument, ArgumentError, Converter, ConverterArguments};
pub use error::{
    BindError, BindErrorKind, BuildError, BuildErrorKind, RuleError, RuleErrorKind, Suggestion,
    ValidationError,
};
pub use lazy::{LazyMatch, ReentrantMatch};
pub use map::{Map, MapOptions, RuleId};
pub use outcome::{Match, MatchError};
pub use rule::{Rule, endpoint_prefix, subdomain, submount};
pub use value::{BigInt, Custom, ParseBigIntError, ParseUuidError, Uuid, Value, ValueType, Values};
