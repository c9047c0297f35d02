//! The query and the cookies of a request. Flask: `request.args`, `request.cookies`.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::maybe_ready::MaybeReady;
use crate::multi_dict::MultiDict;
use crate::view::extract::deserializer::{Fields, read};
use crate::view::{Argument, Arguments, Takes};

/// The arguments of the query string, as a type of the program.
///
/// Text becomes other types as in a [`Form`](crate::Form). What does not fit is a 400 that names the argument.
///
/// *Flask:* `request.args`; Beyond Flask the type.
///
/// ```
/// use carafe::Query;
/// use carafe::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Search {
///     q: String,
///     page: Option<u32>,
///     #[serde(default)]
///     tag: Vec<String>,
/// }
///
/// fn search(Query(search): Query<Search>) -> String {
///     format!("{} on page {} in {:?}", search.q, search.page.unwrap_or(1), search.tag)
/// }
///
/// let mut app = App::new("docs");
/// app.route("/search", search);
/// let client = app.test_client();
/// assert_eq!(client.get("/search?q=tea&tag=a&tag=b").send().text(), "tea on page 1 in [\"a\", \"b\"]");
/// let response = client.get("/search?q=tea&page=last").send();
/// assert_eq!(response.status(), 400);
/// assert!(response.text().contains("The query does not fit: page: invalid value"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query<T>(pub T);

/// The cookies, as a type of the program.
///
/// Text becomes other types as in a [`Form`](crate::Form). What does not fit is a 400 that names the cookie.
///
/// *Flask:* `request.cookies`; Beyond Flask the type.
///
/// ```
/// use carafe::Cookies;
/// use carafe::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Preferences {
///     theme: Option<String>,
/// }
///
/// fn theme(Cookies(preferences): Cookies<Preferences>) -> String {
///     preferences.theme.unwrap_or_else(|| "light".to_owned())
/// }
///
/// let mut app = App::new("docs");
/// app.route("/", theme);
/// let client = app.test_client();
/// assert_eq!(client.get("/").send().text(), "light");
/// assert_eq!(client.get("/").header("Cookie", "theme=dark").send().text(), "dark");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cookies<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> Argument for Query<T> {
    fn takes() -> Takes {
        Takes::Request
    }

    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        MaybeReady::Ready(read_texts(arguments.request().args(), "query").map(Query))
    }
}

impl<T: DeserializeOwned + Send + 'static> Argument for Cookies<T> {
    fn takes() -> Takes {
        Takes::Request
    }

    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        MaybeReady::Ready(read_texts(arguments.request().cookies(), "cookies").map(Cookies))
    }
}

fn read_texts<T: DeserializeOwned>(texts: &MultiDict, part: &str) -> Result<T> {
    let texts = texts.items_multi();
    let fields: Fields<'_> = texts
        .map(|(name, text)| (name, Cow::Borrowed(text.as_str())))
        .collect();
    Ok(read(fields).map_err(|misfit| misfit.into_http_error(part))?)
}
