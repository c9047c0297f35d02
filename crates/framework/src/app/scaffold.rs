//! What apps and blueprints share: routes, hooks and error handlers. Flask: `flask.sansio.scaffold.Scaffold`.

use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use carafe_routing::Values;

use crate::app::route::Route;
use crate::embed::Embedded;
use crate::error::handlers::{ErrorHandlerFunction, ErrorHandlers};
use crate::error::{Error, HttpError, Result};
use crate::hook::{
    AfterRequest, AfterRequestFunction, BeforeRequest, BeforeRequestFunction, Hook, Teardown,
    TeardownAnswer, TeardownFunction,
};
use crate::view::IntoView;

pub(crate) type UrlValuePreprocessor =
    Hook<dyn Fn(Option<&str>, &mut Values<'static>) -> Result<()> + Send + Sync>;
pub(crate) type UrlDefaults = Arc<dyn Fn(&str, &mut Values<'static>) -> Result<()> + Send + Sync>;

/// The hooks of the app, or of one blueprint.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    pub(crate) url_value_preprocessors: Vec<UrlValuePreprocessor>,
    pub(crate) url_defaults: Vec<UrlDefaults>,
    pub(crate) before_request: Vec<BeforeRequest>,
    pub(crate) after_request: Vec<AfterRequest>,
    pub(crate) teardown_request: Vec<Teardown>,
    pub(crate) error_handlers: ErrorHandlers,
    #[cfg(feature = "templates")]
    pub(crate) context_processors: Vec<crate::templating::ContextProcessor>,
}

impl Hooks {
    /// Adds another's hooks behind these.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.url_value_preprocessors
            .extend_from_slice(&other.url_value_preprocessors);
        self.url_defaults.extend_from_slice(&other.url_defaults);
        self.before_request.extend_from_slice(&other.before_request);
        self.after_request.extend_from_slice(&other.after_request);
        self.teardown_request
            .extend_from_slice(&other.teardown_request);
        self.error_handlers.merge(&other.error_handlers);
        #[cfg(feature = "templates")]
        self.context_processors
            .extend_from_slice(&other.context_processors);
    }
}

/// What was registered on an app or a blueprint.
#[derive(Clone)]
pub struct ScaffoldData {
    pub(crate) root_path: PathBuf,
    pub(crate) hooks: Hooks,
    pub(crate) routes: Vec<Route>,
    pub(crate) embedded: Embedded,
    #[cfg(feature = "templates")]
    pub(crate) templates: crate::templating::TemplateSetup,
}

impl ScaffoldData {
    pub(crate) fn new(root_path: PathBuf) -> Self {
        Self {
            root_path,
            hooks: Hooks::default(),
            routes: Vec::new(),
            embedded: Embedded::default(),
            #[cfg(feature = "templates")]
            templates: crate::templating::TemplateSetup::default(),
        }
    }
}

impl fmt::Debug for ScaffoldData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScaffoldData")
            .field("routes", &self.routes)
            .finish_non_exhaustive()
    }
}

/// Routes, hooks and error handlers: what an [`App`](crate::App) and a [`Blueprint`](crate::Blueprint) share.
///
/// Registering never fails: mistakes are reported together when the set-up ends.
///
/// *Flask:* `flask.sansio.scaffold.Scaffold`.
pub trait Scaffold {
    #[doc(hidden)]
    fn scaffold(&mut self) -> &mut ScaffoldData;

    /// The folder that relative paths are below.
    fn root_path(&mut self) -> &Path {
        &self.scaffold().root_path
    }

    /// Answers a URL with a view.
    ///
    /// The options of the rule are chained on: `.methods(["GET", "POST"])`, `.endpoint("name")`, ….
    ///
    /// *Flask:* `route`, `add_url_rule`.
    #[track_caller]
    fn route<M>(&mut self, rule: &str, view: impl IntoView<M>) -> &mut Route
    where
        Self: Sized,
    {
        let route = Route::new(rule, Some(view.into_view()), Location::caller());
        let routes = &mut self.scaffold().routes;
        let place = routes.len();
        routes.push(route);
        &mut routes[place]
    }

    /// Answers GET (and HEAD).
    #[track_caller]
    fn get<M>(&mut self, rule: &str, view: impl IntoView<M>) -> &mut Route
    where
        Self: Sized,
    {
        self.route(rule, view).methods(["GET"])
    }

    /// Answers POST.
    #[track_caller]
    fn post<M>(&mut self, rule: &str, view: impl IntoView<M>) -> &mut Route
    where
        Self: Sized,
    {
        self.route(rule, view).methods(["POST"])
    }

    /// Answers PUT.
    #[track_caller]
    fn put<M>(&mut self, rule: &str, view: impl IntoView<M>) -> &mut Route
    where
        Self: Sized,
    {
        self.route(rule, view).methods(["PUT"])
    }

    /// Answers DELETE.
    #[track_caller]
    fn delete<M>(&mut self, rule: &str, view: impl IntoView<M>) -> &mut Route
    where
        Self: Sized,
    {
        self.route(rule, view).methods(["DELETE"])
    }

    /// Answers PATCH.
    #[track_caller]
    fn patch<M>(&mut self, rule: &str, view: impl IntoView<M>) -> &mut Route
    where
        Self: Sized,
    {
        self.route(rule, view).methods(["PATCH"])
    }

    /// Adds a rule without a view, whose endpoint gets one elsewhere.
    ///
    /// *Flask:* `app.url_map.add(Rule(…))`.
    #[track_caller]
    fn add_rule(&mut self, rule: &str, endpoint: &str) -> &mut Route {
        let mut route = Route::new(rule, None, Location::caller());
        route.endpoint(endpoint);
        let routes = &mut self.scaffold().routes;
        let place = routes.len();
        routes.push(route);
        &mut routes[place]
    }

    /// Runs a function before the view; a response from it ends the request.
    ///
    /// *Flask:* `before_request`.
    fn before_request<F: BeforeRequestFunction<M>, M>(&mut self, function: F) -> &mut Self
    where
        Self: Sized,
    {
        self.scaffold().hooks.before_request.push(function.erased());
        self
    }

    /// Runs a function on the response, in the reverse order of registration.
    ///
    /// *Flask:* `after_request`.
    fn after_request<F: AfterRequestFunction<M>, M>(&mut self, function: F) -> &mut Self
    where
        Self: Sized,
    {
        self.scaffold().hooks.after_request.push(function.erased());
        self
    }

    /// Runs a function when the request ends, always and however it ends.
    ///
    /// *Flask:* `teardown_request`.
    fn teardown_request<F: TeardownFunction<M>, M>(&mut self, function: F) -> &mut Self
    where
        Self: Sized,
    {
        self.scaffold()
            .hooks
            .teardown_request
            .push(function.erased());
        self
    }

    /// Runs a function on the endpoint and the URL's values, before anything else; it may change the values.
    ///
    /// *Flask:* `url_value_preprocessor`.
    fn url_value_preprocessor<R: TeardownAnswer>(
        &mut self,
        function: impl Fn(Option<&str>, &mut Values<'static>) -> R + Send + Sync + 'static,
    ) -> &mut Self
    where
        Self: Sized,
    {
        let preprocessor = preprocessor(function);
        self.scaffold()
            .hooks
            .url_value_preprocessors
            .push(preprocessor);
        self
    }

    /// Runs a function on the values of each URL that is built; it may add to them.
    ///
    /// *Flask:* `url_defaults`.
    fn url_defaults<R: TeardownAnswer>(
        &mut self,
        function: impl Fn(&str, &mut Values<'static>) -> R + Send + Sync + 'static,
    ) -> &mut Self
    where
        Self: Sized,
    {
        let function = move |endpoint: &str, values: &mut Values<'static>| {
            function(endpoint, values).teardown_answer()
        };
        self.scaffold().hooks.url_defaults.push(Arc::new(function));
        self
    }

    /// Gives templates further names: every template in the case of the app, those rendered by the blueprint's
    /// views in the case of a blueprint. What is given to `render_template` wins.
    ///
    /// *Flask:* `context_processor`.
    #[cfg(feature = "templates")]
    fn context_processor<R: crate::templating::ProcessedContext>(
        &mut self,
        function: impl Fn() -> R + Send + Sync + 'static,
    ) -> &mut Self
    where
        Self: Sized,
    {
        self.scaffold()
            .hooks
            .context_processors
            .push(Arc::new(move || function().processed()));
        self
    }

    /// Answers errors of a status code.
    ///
    /// *Flask:* `errorhandler(code)`, `register_error_handler(code, f)`.
    #[track_caller]
    fn error_handler<F: ErrorHandlerFunction<HttpError, M>, M>(
        &mut self,
        code: u16,
        function: F,
    ) -> &mut Self
    where
        Self: Sized,
    {
        self.scaffold()
            .hooks
            .error_handlers
            .insert_code(code, function);
        self
    }

    /// Answers errors of a type, or with such an error among their sources.
    ///
    /// For [`HttpError`] it answers all errors with a status code that no handler of their code answers.
    ///
    /// *Flask:* `errorhandler(SomeException)`.
    fn error_handler_for<E: StdError + 'static, F: ErrorHandlerFunction<E, M>, M>(
        &mut self,
        function: F,
    ) -> &mut Self
    where
        Self: Sized,
    {
        self.scaffold()
            .hooks
            .error_handlers
            .insert_type::<E, M>(function);
        self
    }

    /// Answers every error that nothing else answers.
    ///
    /// *Flask:* `errorhandler(Exception)`.
    fn any_error_handler<F: ErrorHandlerFunction<Error, M>, M>(&mut self, function: F) -> &mut Self
    where
        Self: Sized,
    {
        self.scaffold().hooks.error_handlers.insert_any(function);
        self
    }
}

/// The erased form of a function for `url_value_preprocessor`.
pub(crate) fn preprocessor<F, R>(function: F) -> UrlValuePreprocessor
where
    F: Fn(Option<&str>, &mut Values<'static>) -> R + Send + Sync + 'static,
    R: TeardownAnswer,
{
    Hook::of::<F>(Arc::new(
        move |endpoint: Option<&str>, values: &mut Values<'static>| {
            function(endpoint, values).teardown_answer()
        },
    ))
}
