//! Werkzeug's URL routing: rules in, matches and URLs out, in any Rust program.
//!
//! A [`Map`] holds [`Rule`]s. [`Map::bind`] gives a [`UrlAdapter`] for a server
//! name, which matches paths to rules ([`UrlAdapter::match_path`]) and builds
//! URLs from endpoints ([`UrlAdapter::build`]). The answers are those of
//! Werkzeug 3.2 for every map, path and value; the speed is that of `matchit`.
//!
//! ```
//! use carafe_routing::{Bind, BuildOptions, Map, Rule, Value, Values};
//!
//! let mut map = Map::default();
//! map.add(Rule::new("/").endpoint("index"))?;
//! map.add(Rule::new("/user/<int:id>").endpoint("user").methods(["GET"]))?;
//! let urls = map.bind(Bind::new("example.com"))?;
//!
//! let found = urls.match_path("/user/7", "GET", false)?;
//! assert_eq!(found.rule(&map).endpoint_name(), Some("user"));
//! assert_eq!(found.get("id", &map, "/user/7"), Some(Value::Int(7)));
//!
//! let url = urls.build("user", &Values::new().with("id", 7), BuildOptions::default())?;
//! assert_eq!(url, "/user/7");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![doc = include_str!("docs/rules.md")]
#![doc = include_str!("docs/how_it_works.md")]
#![warn(missing_docs)]

// The journey of a match: adapter, matcher with its two tiers, outcome.
mod adapter; // a map bound to a server name and a request
mod matcher; // the search for a rule, and its values
mod outcome; // what matching gives
mod redirect; // the redirects a match can end in

mod lazy; // the match of one request, computed once

// The way back.
mod build; // which rule suits, and the URL it makes

// Setting up: map, rule, and what a map works out when it takes one.
mod bound; // a rule's parts, variables and build pieces
mod converter; // text to value and back
mod map; // rules and converters in
mod parse; // the text of a rule, read
mod part; // what one transition looks at
mod rule; // one URL pattern with its options

// What the above are made of.
mod error; // what can go wrong, with its place
mod host; // lower case, IDNA, subdomains
mod join; // joining URLs
mod method; // sets of HTTP methods
mod nearest; // the name that was meant
mod number; // numbers as Python reads and writes them
mod quote; // percent-encoding
mod value; // values of variables

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
