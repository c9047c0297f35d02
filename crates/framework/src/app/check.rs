//! Everything that can be checked before the first request, and the step from set-up to serving.

use std::collections::HashMap;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use carafe_routing::{Rule, ValueType};
use http::Method;

use crate::app::ready::AppInner;
use crate::app::register::Registrations;
use crate::app::route::Route;
use crate::app::{App, ReadyApp, RequestHooks, RuleEntry, ScopeHooks};
use crate::context::AfterWork;
use crate::debug;
use crate::request::form::UploadMemory;
use crate::static_files::static_url_path;
#[cfg(feature = "templates")]
use crate::templating::Templates;
use crate::view::{FunctionTakes, Takes, ViewFunction};

/// Mistakes of the set-up, all of them.
#[derive(Debug)]
pub struct SetupError {
    problems: Vec<SetupProblem>,
}

impl SetupError {
    /// The mistakes, in the order of registration.
    pub fn problems(&self) -> &[SetupProblem] {
        &self.problems
    }
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [only] => only.fmt(f),
            problems => {
                write!(f, "the app has {} mistakes:", problems.len())?;
                problems
                    .iter()
                    .try_for_each(|problem| write!(f, "\n  - {problem}"))
            }
        }
    }
}

impl std::error::Error for SetupError {}

/// One mistake of the set-up, with where it was made.
#[derive(Debug)]
pub struct SetupProblem {
    message: String,
    rule: Option<String>,
    view: Option<&'static str>,
    blueprint: Option<String>,
    location: &'static Location<'static>,
}

impl SetupProblem {
    pub(crate) fn new(message: impl Into<String>, location: &'static Location<'static>) -> Self {
        Self {
            message: message.into(),
            rule: None,
            view: None,
            blueprint: None,
            location,
        }
    }

    pub(crate) fn rule(mut self, rule: &str) -> Self {
        self.rule = Some(rule.to_owned());
        self
    }

    pub(crate) fn blueprint(mut self, name: &str) -> Self {
        self.blueprint = Some(name.to_owned());
        self
    }

    fn of(route: &Route, message: impl Into<String>) -> Self {
        Self {
            view: route.view.as_ref().and_then(|view| view.name),
            ..Self::new(message, route.location).rule(&route.text)
        }
    }

    /// What is wrong, and how to mend it.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where in the source it was registered.
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

impl fmt::Display for SetupProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let mut places = Vec::new();
        places.extend(self.rule.as_ref().map(|rule| format!("rule {rule:?}")));
        places.extend(self.view.map(|view| format!("view `{view}`")));
        places.extend(
            self.blueprint
                .as_ref()
                .map(|name| format!("blueprint {name:?}")),
        );
        places.push(self.location.to_string());
        write!(f, " ({})", places.join(", "))
    }
}

const STATIC_HOST: &str = "the host of static files and the matching of hosts go together: set both or neither of \
                           `static_host` and `url_map.options_mut().host_matching`, or no `static_folder`";

#[cfg(not(feature = "files"))]
const NO_FILES: &str =
    "there is a `static_folder`, whose files are sent with the feature `files` of carafe alone";

/// Checks an app and ends its set-up.
pub(crate) fn freeze(app: App) -> Result<ReadyApp, SetupError> {
    let instance_path = app.instance_path();
    #[cfg(feature = "cli")]
    let commands = app.commands();
    let App {
        name,
        config,
        session_interface,
        mut url_map,
        subdomain_matching,
        static_folder,
        static_url_path: url_path,
        static_host,
        location,
        json,
        signals,
        ..
    } = app;
    let App {
        aborter,
        extensions,
        mut scaffold,
        registrations,
        mut teardown_appcontext,
        url_build_error_handlers,
        exception_log,
        ..
    } = app;
    #[cfg(feature = "templates")]
    let templates = Templates::of(
        &name,
        &config,
        app.template_folder.as_deref(),
        &scaffold,
        registrations.template_folders,
    );
    let Registrations {
        blueprints,
        endpoints,
        mut problems,
        ..
    } = registrations;
    let mut scopes = vec![ScopeHooks {
        name: String::new(),
        hooks: scaffold.hooks,
    }];
    scopes.extend(
        blueprints
            .into_iter()
            .map(|(name, hooks)| ScopeHooks { name, hooks }),
    );

    #[cfg(feature = "cli")]
    problems.extend(commands.problems(&crate::cli::BUILT_IN));
    check_error_codes(&scopes, &mut problems);
    if instance_path.is_relative() && scaffold.root_path.is_absolute() {
        let problem = "the path of an instance folder must be absolute";
        problems.push(SetupProblem::new(problem, location));
    }
    #[cfg(not(feature = "files"))]
    if static_folder.is_some() {
        problems.push(SetupProblem::new(NO_FILES, location));
    }
    if let Some(folder) = static_folder.as_ref().filter(|_| cfg!(feature = "files")) {
        let url_path = static_url_path(folder, url_path.as_deref());
        let mut route = Route::of_static_files(&url_path, folder.clone(), None, location);
        // Flask adds this rule before it is configured.
        route.provide_automatic_options(true);
        if let Some(host) = &static_host {
            route.host(host.clone());
        }
        if static_host.is_some() != url_map.options().host_matching {
            problems.push(SetupProblem::of(&route, STATIC_HOST));
        }
        scaffold.routes.insert(0, route);
    }
    let mut views = Views::default();
    for (endpoint, view, location) in endpoints {
        views.add(&endpoint, &view, location, &mut problems);
    }
    let mut rules: Vec<RuleEntry> = Vec::with_capacity(scaffold.routes.len());
    // Rules that were put into the map by hand have numbers before those of the routes.
    let by_hand: Vec<_> = url_map
        .rules()
        .map(|rule| rule.endpoint_name().map(str::to_owned))
        .collect();
    rules.extend(by_hand.iter().map(|endpoint| RuleEntry {
        view: None,
        blueprints: scope_places(&scopes, endpoint.as_deref().unwrap_or_default()),
        automatic_options: false,
        hooks: Arc::default(),
    }));
    for route in &scaffold.routes {
        let Some(endpoint) = route.endpoint_name() else {
            problems.push(SetupProblem::of(
                route,
                "a closure has no name to name an endpoint after: add `.endpoint(\"name\")`",
            ));
            continue;
        };
        if let Some(view) = &route.view {
            views.add(endpoint, view, route.location, &mut problems);
        }
        let (methods, automatic_options) = methods(route, config.provide_automatic_options);
        let defaults = route
            .defaults
            .iter()
            .map(|(name, value)| (name.to_owned(), value.clone()));
        let rule = route
            .rule
            .clone()
            .endpoint(endpoint)
            .methods(methods)
            .defaults(defaults);
        match url_map.add(rule) {
            Ok(id) => {
                check_arguments(route, url_map.rule(id), &scopes, &extensions, &mut problems);
                let blueprints = scope_places(&scopes, endpoint);
                rules.push(RuleEntry {
                    view: None,
                    blueprints,
                    automatic_options,
                    hooks: Arc::default(),
                });
            }
            Err(error) => problems.push(SetupProblem::of(route, error.to_string())),
        }
    }
    if !problems.is_empty() {
        return Err(SetupError { problems });
    }
    let views: HashMap<String, ViewFunction> = views
        .0
        .into_iter()
        .map(|(endpoint, (view, _))| (endpoint, view))
        .collect();
    for (entry, rule) in rules.iter_mut().zip(url_map.rules()) {
        entry.view = rule
            .endpoint_name()
            .and_then(|endpoint| views.get(endpoint))
            .cloned();
    }
    url_map.compile();
    debug::watch(&config, &mut scopes, &mut rules, &mut teardown_appcontext);
    put_hooks_together(&scopes, &mut rules);
    Ok(ReadyApp::new(AppInner {
        name,
        root_path: scaffold.root_path,
        instance_path,
        static_folder,
        embedded: scaffold.embedded,
        #[cfg(feature = "files")]
        static_precompressed: app.static_precompressed,
        send_file_max_age: app.send_file_max_age,
        implies_sessions: session_interface.is_unchanged()
            && config
                .secret_key
                .as_ref()
                .is_some_and(|key| !key.as_bytes().is_empty()),
        looks_at_origin: config.proxy_fix.is_on() || config.trusted_hosts.is_some(),
        session_interface,
        json_bodies: json.as_default().map(|json| json.bodies(config.debug)),
        config,
        url_map,
        subdomain_matching,
        json,
        signals,
        aborter,
        extensions,
        after_work: AfterWork::default(),
        upload_memory: UploadMemory::of_an_app(),
        has_teardown: !teardown_appcontext.is_empty()
            || scopes
                .iter()
                .any(|scope| !scope.hooks.teardown_request.is_empty()),
        hooks_without_rule: RequestHooks::of(&scopes, &[]),
        scopes,
        rules,
        #[cfg(feature = "templates")]
        templates,
        #[cfg(feature = "templates")]
        template_folder: app.template_folder,
        #[cfg(feature = "cli")]
        commands,
        teardown_appcontext,
        url_build_error_handlers,
        exception_log,
    }))
}

/// Puts together what runs around each rule's requests; rules of the same blueprints share it.
fn put_hooks_together(scopes: &[ScopeHooks], rules: &mut [RuleEntry]) {
    let mut known: HashMap<Box<[usize]>, Arc<RequestHooks>> = HashMap::new();
    for rule in rules {
        let hooks = known
            .entry(rule.blueprints.clone())
            .or_insert_with(|| Arc::new(RequestHooks::of(scopes, &rule.blueprints)));
        rule.hooks = hooks.clone();
    }
}

/// Handlers of codes that no error has would never run.
///
/// *Flask:* `Scaffold._get_exc_class_and_code`.
fn check_error_codes(scopes: &[ScopeHooks], problems: &mut Vec<SetupProblem>) {
    for scope in scopes {
        for (code, location) in scope.hooks.error_handlers.unknown_codes() {
            let message = format!("{code} is not the code of an HTTP error");
            problems.push(SetupProblem::new(message, location));
        }
    }
}

/// The views by endpoint, with where each was registered.
#[derive(Default)]
struct Views(HashMap<String, (ViewFunction, &'static Location<'static>)>);

impl Views {
    fn add(
        &mut self,
        endpoint: &str,
        view: &ViewFunction,
        location: &'static Location<'static>,
        problems: &mut Vec<SetupProblem>,
    ) {
        match self.0.get(endpoint) {
            Some((other, _)) if other.is_same(view) => {}
            Some((_, first)) => problems.push(SetupProblem::new(
                format!(
                    "the endpoint {endpoint:?} has another view already, registered at {first}; \
                     give one of them a name of its own with `.endpoint(\"name\")`"
                ),
                location,
            )),
            None => {
                self.0.insert(endpoint.to_owned(), (view.clone(), location));
            }
        }
    }
}

/// The places of an endpoint's blueprints, outermost first.
fn scope_places(scopes: &[ScopeHooks], endpoint: &str) -> Box<[usize]> {
    let dots = endpoint.match_indices('.').map(|(dot, _)| &endpoint[..dot]);
    dots.filter_map(|name| scopes.iter().position(|scope| scope.name == name))
        .filter(|place| *place > 0)
        .collect()
}

/// The methods of a route, and whether OPTIONS is answered for its view.
///
/// *Flask:* `Flask.add_url_rule`.
fn methods(route: &Route, provide: bool) -> (Vec<String>, bool) {
    let own = route.view.as_ref();
    let methods = route.methods.clone().or_else(|| own?.methods.clone());
    let mut methods = methods.unwrap_or_else(|| vec!["GET".to_owned()]);
    methods
        .iter_mut()
        .for_each(|method| method.make_ascii_uppercase());
    let has_options = methods.iter().any(|method| method == "OPTIONS");
    let told = route
        .provide_automatic_options
        .or_else(|| own?.provide_automatic_options);
    let automatic = told.unwrap_or(!has_options && provide);
    if automatic && !has_options {
        methods.push("OPTIONS".to_owned());
    }
    (methods, automatic)
}

/// Checks the arguments of a view's functions against the variables of its rule.
fn check_arguments(
    route: &Route,
    rule: &Rule,
    scopes: &[ScopeHooks],
    extensions: &crate::app::Extensions,
    problems: &mut Vec<SetupProblem>,
) {
    let answers = |method: &Method| rule.lists_method(method.as_str());
    let functions = route
        .view
        .iter()
        .flat_map(|view| &view.takes)
        .filter(|function| function.method.as_ref().is_none_or(answers));
    // A preprocessor may take variables away, so what is left cannot be known.
    let is_known = scopes
        .iter()
        .all(|scope| scope.hooks.url_value_preprocessors.is_empty());
    let arguments: Vec<_> = rule.arguments().collect();
    for function in functions {
        let mut report = |message| problems.push(SetupProblem::of(route, message));
        for takes in function.arguments.iter() {
            if let Takes::State { name, provided } = takes
                && !provided(extensions)
            {
                report(format!(
                    "{} asks for `State<{name}>`, which `App::state` was not given",
                    of_view(function)
                ));
            }
        }
        let takes_all = |takes| matches!(takes, &Takes::Variables);
        if is_known && !function.arguments.iter().any(takes_all) {
            check_variables(function, &arguments, &mut report);
        }
    }
}

/// Checks the arguments that are variables of the URL: their number and then their types.
fn check_variables(
    function: &FunctionTakes,
    variables: &[(&str, ValueType)],
    report: &mut impl FnMut(String),
) {
    let wanted: Vec<_> = function
        .arguments
        .iter()
        .filter_map(|takes| match takes {
            Takes::Variable { name, accepts } => Some((name, accepts)),
            _ => None,
        })
        .collect();
    if wanted.len() != variables.len() {
        let names: Vec<_> = variables.iter().map(|(name, _)| *name).collect();
        return report(format!(
            "{} takes {} of the URL's variables, and the rule has {} ({})",
            of_view(function),
            wanted.len(),
            names.len(),
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            },
        ));
    }
    for ((variable, kind), (name, accepts)) in variables.iter().zip(wanted) {
        if !accepts(kind) {
            report(format!(
                "the variable `{variable}` is of type {kind}, and {} takes a `{name}`",
                of_view(function)
            ));
        }
    }
}

/// What to call a view's function in a message.
fn of_view(function: &FunctionTakes) -> String {
    match &function.method {
        Some(method) => format!("the view's function for {method}"),
        None => "the view".to_owned(),
    }
}
