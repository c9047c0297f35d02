//! Parts of an app that are registered under a name and a prefix. Flask: `flask.Blueprint`.

use std::fmt;
use std::io;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use carafe_routing::{Value, Values};

use crate::app::scaffold::{Hooks, Scaffold, ScaffoldData, preprocessor};
#[cfg(feature = "cli")]
use crate::cli::CommandGroup;
use crate::embed::Resource;
use crate::error::handlers::ErrorHandlerFunction;
use crate::error::{Error, HttpError};
use crate::files::MaxAgeFunction;
use crate::hook::{AfterRequestFunction, BeforeRequestFunction, TeardownAnswer, TeardownFunction};

pub(crate) type Deferred = Arc<dyn Fn(&SetupState<'_>) + Send + Sync>;

/// A part of an app: routes, hooks and error handlers that are registered together.
///
/// Cloning shares its functions; a clone can be registered a second time under another name.
///
/// *Flask:* `flask.Blueprint`.
///
/// ```
/// use carafe::prelude::*;
///
/// let mut admin = Blueprint::new("admin");
/// admin.route("/", || "the back office").endpoint("index");
///
/// let mut app = App::new("docs");
/// app.register_blueprint(admin, url_prefix("/admin"));
/// assert_eq!(app.test_client().get("/admin/").send().text(), "the back office");
/// ```
#[derive(Clone)]
pub struct Blueprint {
    pub(crate) name: String,
    pub(crate) scaffold: ScaffoldData,
    /// Hooks that the blueprint gives the app.
    pub(crate) app_hooks: Hooks,
    pub(crate) options: BlueprintOptions,
    pub(crate) static_folder: Option<PathBuf>,
    pub(crate) static_url_path: Option<String>,
    pub(crate) send_file_max_age: Option<MaxAgeFunction>,
    pub(crate) deferred: Vec<Deferred>,
    /// The commands of the blueprint, which the app's program has in a group of the blueprint's name.
    ///
    /// *Flask:* `Blueprint.cli`.
    #[cfg(feature = "cli")]
    pub cli: CommandGroup,
    pub(crate) nested: Vec<(Blueprint, BlueprintOptions, &'static Location<'static>)>,
    /// The same for all clones.
    pub(crate) identity: Arc<()>,
    pub(crate) location: &'static Location<'static>,
}

impl Blueprint {
    /// Makes a blueprint; its name must not be empty or have dots.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            scaffold: ScaffoldData::new(PathBuf::from(".")),
            app_hooks: Hooks::default(),
            options: BlueprintOptions::default(),
            static_folder: None,
            static_url_path: None,
            send_file_max_age: None,
            deferred: Vec::new(),
            #[cfg(feature = "cli")]
            cli: CommandGroup::new(Location::caller()),
            nested: Vec::new(),
            identity: Arc::new(()),
            location: Location::caller(),
        }
    }

    /// The blueprint's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sets the folder that the blueprint's files are below.
    #[must_use]
    pub fn with_root_path(mut self, root_path: impl Into<PathBuf>) -> Self {
        self.scaffold.root_path = root_path.into();
        self
    }

    /// Serves the files of a folder under the blueprint's endpoint `static`; a relative one is below the
    /// blueprint's root.
    ///
    /// *Flask:* the `static_folder` argument of `Blueprint`.
    #[cfg(feature = "files")]
    #[must_use]
    pub fn with_static_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.static_folder = Some(folder.into());
        self
    }

    /// Sets what the URLs of static files start with, after the blueprint's prefix; without, it is the last
    /// name of the folder.
    ///
    /// *Flask:* the `static_url_path` argument of `Blueprint`.
    #[cfg(feature = "files")]
    #[must_use]
    pub fn with_static_url_path(mut self, path: impl Into<String>) -> Self {
        self.static_url_path = Some(path.into());
        self
    }

    /// Tells by its path for how many seconds a file of the static folder may be cached, in place of what the
    /// app says; none: not without asking again.
    ///
    /// *Flask:* `Blueprint.get_send_file_max_age` of a subclass.
    #[cfg(feature = "files")]
    #[must_use]
    pub fn with_send_file_max_age(
        mut self,
        function: impl Fn(Option<&Path>) -> Option<i64> + Send + Sync + 'static,
    ) -> Self {
        self.send_file_max_age = Some(Arc::new(function));
        self
    }

    /// Opens a file below the blueprint's root.
    ///
    /// *Flask:* `Blueprint.open_resource`.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open_resource(&self, path: impl AsRef<Path>) -> io::Result<Resource> {
        self.scaffold
            .embedded
            .open(&self.scaffold.root_path.join(path))
    }

    /// Sets what the blueprint's URLs start with, unless its registration says otherwise.
    #[must_use]
    pub fn with_url_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.options.url_prefix = Some(prefix.into());
        self
    }

    /// Sets the subdomain of the blueprint's rules, unless its registration says otherwise.
    #[must_use]
    pub fn with_subdomain(mut self, subdomain: impl Into<String>) -> Self {
        self.options.subdomain = Some(subdomain.into());
        self
    }

    /// Sets the name of the group that the blueprint's commands are in, unless its registration says otherwise;
    /// none puts them among those of the app.
    ///
    /// *Flask:* the `cli_group` argument of `Blueprint`.
    #[cfg(feature = "cli")]
    #[must_use]
    pub fn with_cli_group(mut self, group: impl Into<CliGroup>) -> Self {
        self.options = self.options.cli_group(group);
        self
    }

    /// Gives all rules of the blueprint a default value.
    #[must_use]
    pub fn with_url_default(
        mut self,
        name: impl Into<String>,
        value: impl Into<Value<'static>>,
    ) -> Self {
        self.options.url_defaults.insert(name.into(), value.into());
        self
    }

    /// Puts a blueprint into this one: below its prefix, its name and its hooks.
    ///
    /// *Flask:* `Blueprint.register_blueprint`.
    #[track_caller]
    pub fn register_blueprint(
        &mut self,
        blueprint: Blueprint,
        options: impl Into<BlueprintOptions>,
    ) -> &mut Self {
        self.nested
            .push((blueprint, options.into(), Location::caller()));
        self
    }

    /// Runs a function at each registration.
    ///
    /// *Flask:* `Blueprint.record`.
    pub fn record(
        &mut self,
        function: impl Fn(&SetupState<'_>) + Send + Sync + 'static,
    ) -> &mut Self {
        self.deferred.push(Arc::new(function));
        self
    }

    /// Runs a function at the first registration.
    ///
    /// *Flask:* `Blueprint.record_once`.
    pub fn record_once(
        &mut self,
        function: impl Fn(&SetupState<'_>) + Send + Sync + 'static,
    ) -> &mut Self {
        self.record(move |state| {
            if state.first_registration {
                function(state);
            }
        })
    }

    /// Runs a function before each view of the app.
    ///
    /// *Flask:* `Blueprint.before_app_request`.
    pub fn before_app_request<F: BeforeRequestFunction<M>, M>(&mut self, function: F) -> &mut Self {
        self.app_hooks.before_request.push(function.erased());
        self
    }

    /// Runs a function on each response of the app.
    ///
    /// *Flask:* `Blueprint.after_app_request`.
    pub fn after_app_request<F: AfterRequestFunction<M>, M>(&mut self, function: F) -> &mut Self {
        self.app_hooks.after_request.push(function.erased());
        self
    }

    /// Runs a function when any request of the app ends.
    ///
    /// *Flask:* `Blueprint.teardown_app_request`.
    pub fn teardown_app_request<F: TeardownFunction<M>, M>(&mut self, function: F) -> &mut Self {
        self.app_hooks.teardown_request.push(function.erased());
        self
    }

    /// Runs a function on the URL's values of each request of the app.
    ///
    /// *Flask:* `Blueprint.app_url_value_preprocessor`.
    pub fn app_url_value_preprocessor<R: TeardownAnswer>(
        &mut self,
        function: impl Fn(Option<&str>, &mut Values<'static>) -> R + Send + Sync + 'static,
    ) -> &mut Self {
        self.app_hooks
            .url_value_preprocessors
            .push(preprocessor(function));
        self
    }

    /// Runs a function on the values of each URL that the app builds.
    ///
    /// *Flask:* `Blueprint.app_url_defaults`.
    pub fn app_url_defaults<R: TeardownAnswer>(
        &mut self,
        function: impl Fn(&str, &mut Values<'static>) -> R + Send + Sync + 'static,
    ) -> &mut Self {
        let function = move |endpoint: &str, values: &mut Values<'static>| {
            function(endpoint, values).teardown_answer()
        };
        self.app_hooks.url_defaults.push(Arc::new(function));
        self
    }

    /// Answers errors of a status code, wherever in the app they happen.
    ///
    /// *Flask:* `Blueprint.app_errorhandler`.
    #[track_caller]
    pub fn app_error_handler<F: ErrorHandlerFunction<HttpError, M>, M>(
        &mut self,
        code: u16,
        function: F,
    ) -> &mut Self {
        self.app_hooks.error_handlers.insert_code(code, function);
        self
    }

    /// Answers errors of a type, wherever in the app they happen.
    pub fn app_error_handler_for<
        E: std::error::Error + 'static,
        F: ErrorHandlerFunction<E, M>,
        M,
    >(
        &mut self,
        function: F,
    ) -> &mut Self {
        self.app_hooks.error_handlers.insert_type::<E, M>(function);
        self
    }

    /// Answers every error of the app that nothing else answers.
    pub fn any_app_error_handler<F: ErrorHandlerFunction<Error, M>, M>(
        &mut self,
        function: F,
    ) -> &mut Self {
        self.app_hooks.error_handlers.insert_any(function);
        self
    }
}

impl Scaffold for Blueprint {
    fn scaffold(&mut self) -> &mut ScaffoldData {
        &mut self.scaffold
    }
}

impl fmt::Debug for Blueprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blueprint")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// How a blueprint is registered; what is not set here is the blueprint's own.
///
/// *Flask:* the options of `register_blueprint`.
#[derive(Debug, Clone, Default)]
#[must_use = "options take effect when they are given to `register_blueprint`"]
pub struct BlueprintOptions {
    pub(crate) name: Option<String>,
    pub(crate) url_prefix: Option<String>,
    pub(crate) subdomain: Option<String>,
    pub(crate) url_defaults: Values<'static>,
    /// The group of the commands; the inner none puts them among those of the app.
    #[cfg(feature = "cli")]
    pub(crate) cli_group: Option<Option<String>>,
}

/// Registers a blueprint below a prefix.
pub fn url_prefix(prefix: impl Into<String>) -> BlueprintOptions {
    BlueprintOptions::default().url_prefix(prefix)
}

impl BlueprintOptions {
    /// Registers the blueprint under another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets what the blueprint's URLs start with.
    pub fn url_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.url_prefix = Some(prefix.into());
        self
    }

    /// Sets the subdomain of the blueprint's rules.
    pub fn subdomain(mut self, subdomain: impl Into<String>) -> Self {
        self.subdomain = Some(subdomain.into());
        self
    }

    /// Gives all rules of the blueprint a default value.
    pub fn url_default(
        mut self,
        name: impl Into<String>,
        value: impl Into<Value<'static>>,
    ) -> Self {
        self.url_defaults.insert(name.into(), value.into());
        self
    }
}

#[cfg(feature = "cli")]
impl BlueprintOptions {
    /// Sets the name of the group that the blueprint's commands are in; none puts them among those of the app.
    pub fn cli_group(mut self, group: impl Into<CliGroup>) -> Self {
        self.cli_group = Some(group.into().0);
        self
    }
}

impl From<()> for BlueprintOptions {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// What a recorded function learns of a registration.
///
/// *Flask:* `BlueprintSetupState`.
#[derive(Debug)]
pub struct SetupState<'a> {
    /// The name of this registration, without those of outer blueprints.
    pub name: &'a str,
    /// What the blueprint's URLs start with.
    pub url_prefix: Option<&'a str>,
    /// The subdomain of the blueprint's rules.
    pub subdomain: Option<&'a str>,
    /// Whether the blueprint was not registered before.
    pub first_registration: bool,
}

/// The group that a blueprint's commands are in: a name, or `None` for the app's own.
#[cfg(feature = "cli")]
#[derive(Debug, Clone)]
pub struct CliGroup(Option<String>);

#[cfg(feature = "cli")]
impl From<&str> for CliGroup {
    fn from(name: &str) -> Self {
        Self(Some(name.to_owned()))
    }
}

#[cfg(feature = "cli")]
impl From<String> for CliGroup {
    fn from(name: String) -> Self {
        Self(Some(name))
    }
}

#[cfg(feature = "cli")]
impl From<Option<String>> for CliGroup {
    fn from(name: Option<String>) -> Self {
        Self(name)
    }
}
