//! Builds URLs. Flask: `flask.url_for`, `Flask.url_for`.

use std::error::Error as StdError;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use carafe_routing::{Bind, BuildError, BuildOptions, ValidationError, Value, Values};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::app::ReadyApp;
use crate::context::{current_context, try_current_app};
use crate::error::{Error, Result, panicked};
use crate::request::Request;

/// What may stand in a fragment as it is: `%!#$&'()*+,/:;=?@` and the unreserved characters.
const ANCHOR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'%')
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'=')
    .remove(b'?')
    .remove(b'@')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Starts building the URL of an endpoint. The [`url_for!`](crate::url_for!) macro is shorter.
///
/// *Flask:* `flask.url_for`.
///
/// ```
/// # use carafe::prelude::*;
/// # let mut app = App::new("docs");
/// # app.route("/user/<int:id>", |_id: i64| "").endpoint("user");
/// # let ctx = app.build()?.test_request_context("/").build()?;
/// # let _guard = ctx.push()?;
/// assert_eq!(url_for("user").value("id", 7).value("tab", "posts").build()?, "/user/7?tab=posts");
/// assert_eq!(url_for("user").value("id", 7).external(true).build()?, "http://localhost/user/7");
/// # Ok::<(), carafe::Error>(())
/// ```
pub fn url_for(endpoint: impl Into<String>) -> UrlFor {
    UrlFor {
        app: None,
        endpoint: endpoint.into(),
        values: Values::default(),
        anchor: None,
        method: None,
        scheme: None,
        external: None,
    }
}

/// Builds the URL of an endpoint: `url_for!("user", id = 7, _external = true)`.
///
/// Names with an underscore in front are Flask's: `_external`, `_anchor`, `_method`, `_scheme`.
///
/// *Flask:* `flask.url_for`.
///
/// ```
/// # use carafe::prelude::*;
/// # let mut app = App::new("docs");
/// # app.route("/user/<int:id>", |_id: i64| "").endpoint("user");
/// # let ctx = app.build()?.test_request_context("/").build()?;
/// # let _guard = ctx.push()?;
/// assert_eq!(url_for!("user", id = 7, _anchor = "top")?, "/user/7#top");
/// # Ok::<(), carafe::Error>(())
/// ```
#[macro_export]
macro_rules! url_for {
    (@option $url:expr,) => { $url };
    (@option $url:expr, _external = $value:expr $(, $($rest:tt)*)?) => {
        $crate::url_for!(@option $url.external($value), $($($rest)*)?)
    };
    (@option $url:expr, _anchor = $value:expr $(, $($rest:tt)*)?) => {
        $crate::url_for!(@option $url.anchor($value), $($($rest)*)?)
    };
    (@option $url:expr, _method = $value:expr $(, $($rest:tt)*)?) => {
        $crate::url_for!(@option $url.method($value), $($($rest)*)?)
    };
    (@option $url:expr, _scheme = $value:expr $(, $($rest:tt)*)?) => {
        $crate::url_for!(@option $url.scheme($value), $($($rest)*)?)
    };
    (@option $url:expr, $name:ident = $value:expr $(, $($rest:tt)*)?) => {
        $crate::url_for!(@option $url.value(stringify!($name), $value), $($($rest)*)?)
    };
    ($endpoint:expr $(, $($rest:tt)*)?) => {
        $crate::url_for!(@option $crate::url_for($endpoint), $($($rest)*)?).build()
    };
}

/// A URL that is being put together.
#[derive(Debug, Clone)]
#[must_use = "the URL is built by `build`"]
pub struct UrlFor {
    app: Option<ReadyApp>,
    endpoint: String,
    values: Values<'static>,
    anchor: Option<String>,
    method: Option<String>,
    scheme: Option<String>,
    external: Option<bool>,
}

impl ReadyApp {
    /// Starts building the URL of an endpoint, also where there is no context.
    ///
    /// *Flask:* `Flask.url_for`.
    pub fn url_for(&self, endpoint: impl Into<String>) -> UrlFor {
        UrlFor {
            app: Some(self.clone()),
            ..url_for(endpoint)
        }
    }
}

impl UrlFor {
    /// Gives a value for a variable of the rule; one that the rule does not have goes to the query.
    pub fn value(mut self, name: impl Into<String>, value: impl Into<Value<'static>>) -> Self {
        self.values.insert(name.into(), value.into());
        self
    }

    /// Sets whether the URL has scheme and host; without, it has outside of requests only.
    pub fn external(mut self, external: bool) -> Self {
        self.external = Some(external);
        self
    }

    /// Adds a fragment.
    pub fn anchor(mut self, anchor: impl Into<String>) -> Self {
        self.anchor = Some(anchor.into());
        self
    }

    /// Builds the URL for this method, where an endpoint has several rules.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Sets the scheme; the URL is external then.
    pub fn scheme(mut self, scheme: impl Into<String>) -> Self {
        self.scheme = Some(scheme.into());
        self
    }

    /// Builds the URL.
    ///
    /// # Errors
    /// When no rule fits the endpoint and the values, when a scheme is given for a URL without one, and
    /// outside of requests when `SERVER_NAME` is not configured.
    pub fn build(mut self) -> Result<String> {
        let context = current_context("url_for").ok();
        let app = match &self.app {
            Some(app) => app.clone(),
            None => try_current_app()?,
        };
        let request = context.as_ref().and_then(Request::of);
        if let Some(rest) = self.endpoint.strip_prefix('.') {
            self.endpoint = match request.as_ref().and_then(Request::blueprint) {
                Some(blueprint) => format!("{blueprint}.{rest}"),
                None if request.is_some() => rest.to_owned(),
                None => self.endpoint,
            };
        }
        let external = self.external.unwrap_or(match &request {
            Some(_) => self.scheme.is_some(),
            None => true,
        });
        if self.scheme.is_some() && !external {
            return Err(Error::msg(
                "when a scheme is given to url_for, the URL must be external",
            ));
        }
        inject_url_defaults(&app, &self.endpoint, &mut self.values)?;
        let options = BuildOptions {
            method: self.method.as_deref(),
            force_external: external,
            url_scheme: self.scheme.as_deref(),
            ..BuildOptions::default()
        };
        let built = match &request {
            Some(request) => request
                .with_url_adapter(|urls| Some(urls.build(&self.endpoint, &self.values, options))),
            None => build_outside(&app, &self.endpoint, &self.values, options)?,
        };
        let url = match built {
            Some(Ok(url)) => url,
            Some(Err(error)) => {
                return Err(match RefusedValue::of(&error) {
                    Some(refused) => refused.into(),
                    None => return self.handle_url_build_error(&app, error, external),
                });
            }
            None => {
                return Err(Error::msg(
                    "URLs cannot be built for a host that is not one",
                ));
            }
        };
        Ok(match &self.anchor {
            Some(anchor) => format!("{url}#{}", utf8_percent_encode(anchor, ANCHOR)),
            None => url,
        })
    }

    /// Asks the app's handlers for the URL; the error stands when none gives one.
    ///
    /// *Flask:* `Flask.handle_url_build_error`.
    fn handle_url_build_error(
        mut self,
        app: &ReadyApp,
        error: BuildError,
        external: bool,
    ) -> Result<String> {
        let handlers = &app.inner().url_build_error_handlers;
        if handlers.is_empty() {
            return Err(error.into());
        }
        let given = |text: &Option<String>| Value::from(text.clone());
        self.values.insert("_anchor", given(&self.anchor));
        self.values.insert("_method", given(&self.method));
        self.values.insert("_scheme", given(&self.scheme));
        self.values.insert(
            "_external",
            if external {
                Value::from("True")
            } else {
                Value::None
            },
        );
        for handler in handlers {
            let answer = catch_unwind(AssertUnwindSafe(|| {
                handler(&error, &self.endpoint, &self.values)
            }));
            if let Some(url) = answer.map_err(panicked)?? {
                return Ok(url);
            }
        }
        Err(error.into())
    }
}

/// A converter does not take the value it was given: a mistake of the call, which handlers of
/// [`BuildError`] are not for.
///
/// *Flask:* the `ValueError` that leaves `url_for`.
#[derive(Debug)]
struct RefusedValue {
    message: String,
    refusal: ValidationError,
}

impl RefusedValue {
    fn of(error: &BuildError) -> Option<Self> {
        let refusal = error.source()?.downcast_ref::<ValidationError>()?.clone();
        Some(Self {
            message: error.to_string(),
            refusal,
        })
    }
}

impl fmt::Display for RefusedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for RefusedValue {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.refusal)
    }
}

/// Builds a URL by what the configuration says of the server.
fn build_outside(
    app: &ReadyApp,
    endpoint: &str,
    values: &Values<'static>,
    options: BuildOptions<'_>,
) -> Result<Option<Result<String, BuildError>>> {
    let config = app.config();
    let Some(server_name) = config.server_name.as_deref() else {
        return Err(Error::msg(
            "Unable to build URLs outside an active request without 'SERVER_NAME' configured. Also configure \
             'APPLICATION_ROOT' and 'PREFERRED_URL_SCHEME' as needed.",
        ));
    };
    let urls = app.url_map().bind(Bind {
        script_name: Some(&config.application_root),
        url_scheme: &config.preferred_url_scheme,
        ..Bind::new(server_name)
    })?;
    Ok(Some(urls.build(endpoint, values, options)))
}

/// Runs the url_defaults functions of the app and of the endpoint's blueprints.
///
/// *Flask:* `Flask.inject_url_defaults`.
fn inject_url_defaults(app: &ReadyApp, endpoint: &str, values: &mut Values<'static>) -> Result<()> {
    for scope in &app.inner().scopes {
        let applies = scope.name.is_empty()
            || endpoint
                .strip_prefix(scope.name.as_str())
                .is_some_and(|rest| rest.starts_with('.'));
        if !applies {
            continue;
        }
        for function in &scope.hooks.url_defaults {
            catch_unwind(AssertUnwindSafe(|| function(endpoint, values))).map_err(panicked)??;
        }
    }
    Ok(())
}
