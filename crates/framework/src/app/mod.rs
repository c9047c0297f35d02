//! The app while it is put together. Flask: `flask.Flask`.

mod blueprint; // parts of an app, with a prefix
mod check; // everything that can be checked before the first request
mod extensions; // state by type
mod ready; // the app once its set-up is over
mod register; // puts blueprints into the app
mod route; // one rule with its view
mod scaffold; // what apps and blueprints share
mod session_config; // what sessions need of the configuration
mod signals; // what tells others of the app's work

use std::fmt;
use std::io;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use carafe_routing::{Map, Values};
use carafe_sessions::AnySessionInterface;

use crate::app::register::Registrations;
#[cfg(feature = "cli")]
use crate::cli::CommandGroup;
use crate::config::Config;
use crate::debug;
use crate::embed::Resource;
use crate::error::{Aborter, Error, Result};
use crate::files::MaxAgeFunction;
use crate::hook::{Teardown, TeardownFunction};
use crate::json::{DefaultJsonProvider, JsonProvider};
#[cfg(feature = "testing")]
use crate::testing::TestClient;
use crate::view::IntoView;

#[cfg(feature = "cli")]
pub use self::blueprint::CliGroup;
pub use self::blueprint::{Blueprint, BlueprintOptions, SetupState, url_prefix};
pub use self::check::{SetupError, SetupProblem};
pub use self::extensions::Extensions;
pub use self::ready::ReadyApp;
pub(crate) use self::ready::{RequestHooks, RuleEntry, ScopeHooks};
pub use self::route::Route;
pub use self::scaffold::{Scaffold, ScaffoldData};
pub use self::signals::{FinishedResponse, FlashedMessage, Signals};

pub(crate) type BuildErrorHandler = Arc<
    dyn Fn(&carafe_routing::BuildError, &str, &Values<'static>) -> Result<Option<String>>
        + Send
        + Sync,
>;

/// Logs an error that nobody handled.
pub(crate) type ExceptionLog = Arc<dyn Fn(&Error) + Send + Sync>;

/// An application while it is put together: its configuration, routes, hooks and handlers.
///
/// Set-up ends with [`build`](Self::build), [`run`](Self::run) or [`test_client`](Self::test_client), which
/// take the app by value: nothing can be registered once requests are served.
///
/// *Flask:* `flask.Flask`.
///
/// ```
/// use carafe::prelude::*;
///
/// fn create_app() -> App {
///     let mut app = App::new("hello");
///     app.route("/", || "Hello, World!").endpoint("index");
///     app.error_handler(404, |_: &HttpError| ("nothing here", 404));
///     app
/// }
///
/// let client = create_app().test_client();
/// assert_eq!(client.get("/").send().text(), "Hello, World!");
/// assert_eq!(client.get("/nowhere").send().status(), 404);
/// ```
pub struct App {
    name: String,
    /// The configuration.
    pub config: Config,
    /// How sessions are loaded and stored; assign another to swap it.
    pub session_interface: AnySessionInterface,
    /// The rules: converters and options of matching are set here.
    pub url_map: Map,
    /// Whether rules may name subdomains of `SERVER_NAME`.
    ///
    /// *Flask:* the `subdomain_matching` argument of `Flask`.
    pub subdomain_matching: bool,
    /// The folder whose files are served under the endpoint `static`; a relative one is below the app's root.
    ///
    /// Without the feature `files` there is none, and to name one is a mistake of the set-up.
    ///
    /// *Flask:* the `static_folder` argument of `Flask`, whose default is `static` too.
    pub static_folder: Option<PathBuf>,
    /// What the URLs of static files start with; without, the last name of the folder.
    ///
    /// *Flask:* the `static_url_path` argument of `Flask`.
    pub static_url_path: Option<String>,
    /// The host of static files, which an app that matches hosts has to name.
    ///
    /// *Flask:* the `static_host` argument of `Flask`.
    pub static_host: Option<String>,
    /// Whether compressed twins of static files, `app.js.br` or `app.js.gz` beside `app.js`, are sent to clients
    /// that accept them.
    ///
    /// *Beyond Flask:* see [`SendFile::precompressed`](crate::files::SendFile::precompressed).
    #[cfg(feature = "files")]
    pub static_precompressed: bool,
    /// How JSON is written and read; assign another to swap it.
    ///
    /// *Flask:* `Flask.json`.
    pub json: Arc<dyn JsonProvider>,
    /// The signals.
    pub signals: Signals,
    /// The errors that [`abort`](crate::abort) makes of status codes.
    pub aborter: Aborter,
    /// Values by type, which views get as [`State<T>`](crate::State).
    pub extensions: Extensions,
    /// The folder of what belongs to one deployment; none: `instance` below the root.
    ///
    /// *Flask:* `Flask.instance_path`.
    pub instance_path: Option<PathBuf>,
    /// The commands of the app's program.
    ///
    /// *Flask:* `Flask.cli`.
    #[cfg(feature = "cli")]
    pub cli: CommandGroup,
    scaffold: ScaffoldData,
    registrations: Registrations,
    teardown_appcontext: Vec<Teardown>,
    send_file_max_age: Option<MaxAgeFunction>,
    url_build_error_handlers: Vec<BuildErrorHandler>,
    exception_log: Option<ExceptionLog>,
    /// The folder of the templates; a relative one is below the app's root.
    ///
    /// *Flask:* the `template_folder` argument of `Flask`, whose default is `templates` too.
    #[cfg(feature = "templates")]
    pub template_folder: Option<PathBuf>,
    location: &'static Location<'static>,
}

impl App {
    /// Makes an app with Flask's defaults, rooted at the current directory.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Self {
        let root = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        Self::with_root_path(name, root)
    }

    /// Makes an app whose files are below a folder.
    ///
    /// *Flask:* the `root_path` argument of `Flask`.
    #[track_caller]
    pub fn with_root_path(name: impl Into<String>, root_path: impl Into<PathBuf>) -> Self {
        let root_path = root_path.into();
        let name = name.into();
        Self {
            config: Config::new(root_path.clone()),
            session_interface: carafe_sessions::SecureCookie.into(),
            url_map: Map::default(),
            subdomain_matching: false,
            static_folder: cfg!(feature = "files").then(|| "static".into()),
            static_url_path: None,
            static_host: None,
            #[cfg(feature = "files")]
            static_precompressed: false,
            #[cfg(feature = "templates")]
            template_folder: Some("templates".into()),
            json: Arc::new(DefaultJsonProvider::default()),
            signals: Signals::default(),
            aborter: Aborter::default(),
            extensions: Extensions::default(),
            instance_path: None,
            #[cfg(feature = "cli")]
            cli: CommandGroup::new(Location::caller()),
            scaffold: ScaffoldData::new(root_path),
            registrations: Registrations::default(),
            teardown_appcontext: Vec::new(),
            send_file_max_age: None,
            url_build_error_handlers: Vec::new(),
            exception_log: None,
            location: Location::caller(),
            name,
        }
    }

    #[cfg(feature = "templates")]
    pub(crate) fn templates(&mut self) -> &mut crate::templating::TemplateSetup {
        &mut self.scaffold.templates
    }

    /// The app's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folder of what belongs to one deployment: `instance` below the root, unless the field of the same
    /// name says otherwise. It need not exist.
    ///
    /// *Flask:* `Flask.instance_path`.
    ///
    /// ```
    /// let mut app = carafe::app!();
    /// app.config.set("DATABASE", app.instance_path().join("app.sqlite"))?;
    /// # Ok::<(), carafe::Error>(())
    /// ```
    pub fn instance_path(&self) -> PathBuf {
        let told = self.instance_path.clone();
        told.unwrap_or_else(|| self.scaffold.root_path.join("instance"))
    }

    /// Opens a file below the app's root.
    ///
    /// *Flask:* `Flask.open_resource`.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open_resource(&self, path: impl AsRef<Path>) -> io::Result<Resource> {
        self.scaffold
            .embedded
            .open(&self.scaffold.root_path.join(path))
    }

    /// Gives the views a value of type `T`, which they take as [`State<T>`](crate::State).
    ///
    /// *Beyond Flask:* `app.extensions`, by type.
    pub fn state<T: Send + Sync + 'static>(&mut self, value: T) -> &mut Self {
        self.extensions.insert(value);
        self
    }

    /// Runs a function when a context ends, whether of a request or not.
    ///
    /// *Flask:* `Flask.teardown_appcontext`.
    pub fn teardown_appcontext<F: TeardownFunction<M>, M>(&mut self, function: F) -> &mut Self {
        self.teardown_appcontext.push(function.erased());
        self
    }

    /// Tells by its path for how many seconds a file may be cached, in place of `SEND_FILE_MAX_AGE_DEFAULT`; none:
    /// not without asking again.
    ///
    /// *Flask:* `Flask.get_send_file_max_age` of a subclass.
    pub fn send_file_max_age(
        &mut self,
        function: impl Fn(Option<&Path>) -> Option<i64> + Send + Sync + 'static,
    ) -> &mut Self {
        self.send_file_max_age = Some(Arc::new(function));
        self
    }

    /// Gives an endpoint its view, apart from its rules.
    ///
    /// *Flask:* `Flask.endpoint`.
    #[track_caller]
    pub fn endpoint<M>(
        &mut self,
        endpoint: impl Into<String>,
        view: impl IntoView<M>,
    ) -> &mut Self {
        self.registrations
            .endpoints
            .push((endpoint.into(), view.into_view(), Location::caller()));
        self
    }

    /// Answers URLs that cannot be built: the first function that gives one wins.
    ///
    /// *Flask:* `Flask.url_build_error_handlers`.
    pub fn url_build_error_handler(
        &mut self,
        handler: impl Fn(&carafe_routing::BuildError, &str, &Values<'static>) -> Result<Option<String>>
        + Send
        + Sync
        + 'static,
    ) -> &mut Self {
        self.url_build_error_handlers.push(Arc::new(handler));
        self
    }

    /// Logs the errors that nobody handled, in place of a line at `carafe::app` for each.
    ///
    /// The request is still current. *Flask:* overriding `Flask.log_exception`.
    ///
    /// ```
    /// let mut app = carafe::App::new("docs");
    /// app.log_exception(|error| eprintln!("{} failed: {error}", carafe::request().path()));
    /// ```
    pub fn log_exception(&mut self, log: impl Fn(&Error) + Send + Sync + 'static) -> &mut Self {
        self.exception_log = Some(Arc::new(log));
        self
    }

    /// Puts a blueprint into the app.
    ///
    /// Registering one twice takes a name for the second: clone the blueprint and give it
    /// [`BlueprintOptions::name`].
    ///
    /// *Flask:* `Flask.register_blueprint`.
    #[track_caller]
    pub fn register_blueprint(
        &mut self,
        blueprint: Blueprint,
        options: impl Into<BlueprintOptions>,
    ) -> &mut Self {
        let location = Location::caller();
        self.registrations
            .register(&mut self.scaffold, blueprint, options.into(), location);
        self
    }

    /// Ends the set-up, after checking all that can be checked before the first request.
    ///
    /// # Errors
    /// All mistakes in one [`SetupError`], each with its rule, its view and the line that registered it.
    pub fn build(self) -> Result<ReadyApp> {
        crate::error::remember_panic_locations();
        check::freeze(self).map_err(Error::from)
    }

    /// Ends the set-up and makes a client for tests.
    ///
    /// *Flask:* `Flask.test_client`.
    ///
    /// # Panics
    /// When the set-up has mistakes, with the report of [`build`](Self::build).
    // Here and not with the rest of testing: the compiler tells of it to whoever registers a route too late.
    #[cfg(feature = "testing")]
    #[track_caller]
    pub fn test_client(self) -> TestClient {
        match self.build() {
            Ok(app) => app.test_client(),
            Err(problems) => panic!("{problems}"),
        }
    }

    /// Does what the command line says, which is to serve the app unless it names a command.
    ///
    /// The app is served until it is told to stop: by default on <http://127.0.0.1:5000>; `--host` and `--port`,
    /// or `CARAFE_RUN_HOST` and `CARAFE_RUN_PORT`, say otherwise. A socket that the program inherits, as systemd
    /// hands it down in `LISTEN_FDS`, goes before both. Which commands there are stands in the module `cli`.
    ///
    /// *Flask:* `Flask.run`, `flask run`, and the command `flask`.
    ///
    /// # Errors
    /// None that `main` has to handle: a failure is told on standard error and the process exits, with a status
    /// of 2 when the command line cannot be read.
    #[track_caller]
    pub fn run(mut self) -> Result<()> {
        debug::offer_page(&mut self.config);
        #[cfg(feature = "cli")]
        return crate::cli::main(self);
        #[cfg(not(feature = "cli"))]
        crate::server::run(self)
    }

    /// The commands of the app and of its blueprints.
    #[cfg(feature = "cli")]
    pub(crate) fn commands(&self) -> CommandGroup {
        let mut commands = self.cli.clone();
        if let Some(others) = &self.registrations.cli {
            commands.merge(others);
        }
        commands
    }
}

impl Scaffold for App {
    fn scaffold(&mut self) -> &mut ScaffoldData {
        &mut self.scaffold
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Makes an app named after the crate, rooted where its `Cargo.toml` is.
///
/// *Flask:* `Flask(__name__)`.
///
/// ```
/// let app = carafe::app!();
/// assert_eq!(app.name(), "carafe");
/// ```
#[macro_export]
macro_rules! app {
    () => {
        $crate::App::with_root_path(env!("CARGO_PKG_NAME"), env!("CARGO_MANIFEST_DIR"))
    };
}
