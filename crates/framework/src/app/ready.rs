//! The app once its set-up is over: what requests are handled with.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use carafe_routing::{Map, RuleId};
use carafe_sessions::AnySessionInterface;

use crate::app::scaffold::{Hooks, UrlValuePreprocessor};
use crate::app::{BuildErrorHandler, ExceptionLog, Extensions, Signals};
use crate::config::Config;
use crate::context::{AfterWork, AppContext};
use crate::embed::{Embedded, Resource};
use crate::error::Aborter;
use crate::files::MaxAgeFunction;
use crate::hook::{AfterRequest, BeforeRequest, Teardown};
use crate::json::{JsonBodies, JsonProvider};
use crate::request::form::UploadMemory;
use crate::view::ViewFunction;

/// An app whose set-up is over: it serves requests, and nothing can be registered any more.
///
/// It is a handle: cloning it counts a reference.
///
/// *Flask:* the app after its first request, and `current_app`.
#[derive(Clone)]
pub struct ReadyApp(Arc<AppInner>);

pub(crate) struct AppInner {
    pub(crate) name: String,
    pub(crate) root_path: PathBuf,
    pub(crate) instance_path: PathBuf,
    pub(crate) static_folder: Option<PathBuf>,
    pub(crate) embedded: Embedded,
    #[cfg(feature = "files")]
    pub(crate) static_precompressed: bool,
    pub(crate) send_file_max_age: Option<MaxAgeFunction>,
    pub(crate) config: Config,
    pub(crate) session_interface: AnySessionInterface,
    /// Whether a request without cookies is known to have an empty session.
    pub(crate) implies_sessions: bool,
    /// Whether proxies are trusted to tell where a request came from, or hosts are told apart.
    pub(crate) looks_at_origin: bool,
    pub(crate) url_map: Map,
    pub(crate) subdomain_matching: bool,
    pub(crate) json: Arc<dyn JsonProvider>,
    /// How bodies in JSON are written, where the provider is the default one.
    pub(crate) json_bodies: Option<JsonBodies>,
    pub(crate) signals: Signals,
    pub(crate) aborter: Aborter,
    pub(crate) extensions: Extensions,
    pub(crate) after_work: AfterWork,
    pub(crate) upload_memory: UploadMemory,
    /// The app's own hooks first, then those of each blueprint.
    pub(crate) scopes: Vec<ScopeHooks>,
    /// What runs around a request that has no rule.
    pub(crate) hooks_without_rule: RequestHooks,
    /// What belongs to each rule of the map, by the rule's number.
    pub(crate) rules: Vec<RuleEntry>,
    #[cfg(feature = "templates")]
    pub(crate) templates: crate::templating::Templates,
    #[cfg(feature = "templates")]
    pub(crate) template_folder: Option<PathBuf>,
    #[cfg(feature = "cli")]
    pub(crate) commands: crate::cli::CommandGroup,
    pub(crate) teardown_appcontext: Vec<Teardown>,
    /// Whether there are teardown functions, of requests or contexts, anywhere.
    pub(crate) has_teardown: bool,
    pub(crate) url_build_error_handlers: Vec<BuildErrorHandler>,
    pub(crate) exception_log: Option<ExceptionLog>,
}

/// The hooks of the app or of a blueprint, under its full name.
pub(crate) struct ScopeHooks {
    pub(crate) name: String,
    pub(crate) hooks: Hooks,
}

/// What the app keeps for a rule.
pub(crate) struct RuleEntry {
    pub(crate) view: Option<ViewFunction>,
    /// The places in `scopes` of the rule's blueprints, outermost first; the app's own place is left out.
    pub(crate) blueprints: Box<[usize]>,
    pub(crate) automatic_options: bool,
    pub(crate) hooks: Arc<RequestHooks>,
}

/// The functions that run around a request, each kind in the order in which they run.
#[derive(Default)]
pub(crate) struct RequestHooks {
    /// Those of the app, and then of its blueprints, outermost first.
    pub(crate) url_value_preprocessors: Vec<UrlValuePreprocessor>,
    pub(crate) before_request: Vec<BeforeRequest>,
    /// Those of the blueprints, innermost first, and then of the app; in each what was registered last is first.
    pub(crate) after_request: Vec<AfterRequest>,
    pub(crate) teardown_request: Vec<Teardown>,
}

impl RequestHooks {
    /// Puts together what the app and the blueprints at these places registered.
    pub(crate) fn of(scopes: &[ScopeHooks], blueprints: &[usize]) -> Self {
        let mut all = Self::default();
        for place in std::iter::once(0).chain(blueprints.iter().copied()) {
            let Some(ScopeHooks { hooks, .. }) = scopes.get(place) else {
                continue;
            };
            all.url_value_preprocessors
                .extend_from_slice(&hooks.url_value_preprocessors);
            all.before_request.extend_from_slice(&hooks.before_request);
            all.after_request.extend_from_slice(&hooks.after_request);
            all.teardown_request
                .extend_from_slice(&hooks.teardown_request);
        }
        all.after_request.reverse();
        all.teardown_request.reverse();
        all
    }
}

impl ReadyApp {
    pub(crate) fn new(inner: AppInner) -> Self {
        Self(Arc::new(inner))
    }

    pub(crate) fn inner(&self) -> &AppInner {
        &self.0
    }

    /// The app's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The folder that relative paths are below.
    pub fn root_path(&self) -> &Path {
        &self.0.root_path
    }

    /// The folder whose files are served under the endpoint `static`.
    ///
    /// *Flask:* `Flask.static_folder`.
    pub fn static_folder(&self) -> Option<&Path> {
        self.0.static_folder.as_deref()
    }

    /// Opens a file below the app's root.
    ///
    /// *Flask:* `Flask.open_resource`.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open_resource(&self, path: impl AsRef<Path>) -> io::Result<Resource> {
        self.0.embedded.open(&self.root_path().join(path))
    }

    /// The folder of what belongs to one deployment.
    ///
    /// *Flask:* `Flask.instance_path`.
    pub fn instance_path(&self) -> &Path {
        &self.0.instance_path
    }

    /// Opens a file in the instance folder.
    ///
    /// *Flask:* `Flask.open_instance_resource`.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open_instance_resource(&self, path: impl AsRef<Path>) -> io::Result<File> {
        File::open(self.instance_path().join(path))
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The rules.
    pub fn url_map(&self) -> &Map {
        &self.0.url_map
    }

    /// The session interface.
    pub fn session_interface(&self) -> &AnySessionInterface {
        &self.0.session_interface
    }

    /// The JSON provider.
    ///
    /// *Flask:* `Flask.json`.
    pub fn json(&self) -> &dyn JsonProvider {
        &*self.0.json
    }

    /// The signals, which can be connected to at any time.
    pub fn signals(&self) -> &Signals {
        &self.0.signals
    }

    /// The names of the registered blueprints, in order.
    ///
    /// *Flask:* `Flask.blueprints`.
    pub fn blueprints(&self) -> impl Iterator<Item = &str> {
        self.0
            .scopes
            .iter()
            .skip(1)
            .map(|scope| scope.name.as_str())
    }

    /// A value that was given to the app with [`App::state`](crate::App::state).
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.0.extensions.get()
    }

    /// A context of the app without a request, for work outside of requests.
    ///
    /// *Flask:* `Flask.app_context`.
    pub fn app_context(&self) -> AppContext {
        // Within a command it writes where the command does.
        #[cfg(feature = "cli")]
        if let Some(output) = crate::cli::current_output() {
            return AppContext::of_command(self.clone(), output);
        }
        AppContext::of_app(self.clone())
    }

    #[cfg(feature = "templates")]
    pub(crate) fn templates(&self) -> &crate::templating::Templates {
        &self.0.templates
    }

    #[cfg(feature = "files")]
    pub(crate) fn embedded(&self) -> &Embedded {
        &self.0.embedded
    }

    pub(crate) fn after_work(&self) -> &AfterWork {
        &self.0.after_work
    }

    pub(crate) fn subdomain_matching(&self) -> bool {
        self.0.subdomain_matching
    }

    pub(crate) fn rule_entry(&self, rule: RuleId) -> Option<&RuleEntry> {
        self.0.rules.get(rule.index())
    }

    /// What runs around a request.
    pub(crate) fn hooks<'a>(&'a self, rule: Option<&'a RuleEntry>) -> &'a RequestHooks {
        rule.map_or(&self.0.hooks_without_rule, |rule| &*rule.hooks)
    }

    /// The scopes of a request outwards: its blueprints, innermost first, and then the app.
    pub(crate) fn scopes_outwards<'a>(
        &'a self,
        rule: Option<&'a RuleEntry>,
    ) -> impl Iterator<Item = &'a Hooks> + Clone + 'a {
        let blueprints = rule.map_or(&[][..], |rule| &rule.blueprints);
        let places = blueprints.iter().rev().copied().chain(std::iter::once(0));
        places
            .filter_map(|place| self.0.scopes.get(place))
            .map(|scope| &scope.hooks)
    }

    /// The scopes of a request inwards: the app, and then its blueprints, outermost first.
    #[cfg(feature = "templates")]
    pub(crate) fn scopes_inwards<'a>(
        &'a self,
        rule: Option<&'a RuleEntry>,
    ) -> impl Iterator<Item = &'a Hooks> + Clone + 'a {
        let blueprints = rule.map_or(&[][..], |rule| &rule.blueprints);
        let places = std::iter::once(0).chain(blueprints.iter().copied());
        places
            .filter_map(|place| self.0.scopes.get(place))
            .map(|scope| &scope.hooks)
    }
}

impl fmt::Debug for ReadyApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadyApp")
            .field("name", &self.0.name)
            .finish_non_exhaustive()
    }
}
