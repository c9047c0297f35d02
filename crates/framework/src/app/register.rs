//! Puts blueprints into the app. Flask: `Blueprint.register`, `BlueprintSetupState`.

use std::panic::Location;
use std::sync::Arc;

use carafe_routing::Values;

use crate::app::blueprint::{Blueprint, BlueprintOptions, SetupState};
use crate::app::check::SetupProblem;
use crate::app::route::Route;
use crate::app::scaffold::{Hooks, ScaffoldData};
#[cfg(feature = "cli")]
use crate::cli::CommandGroup;
use crate::static_files::static_url_path;
#[cfg(feature = "templates")]
use crate::templating::SearchPlace;
use crate::view::ViewFunction;

/// What was registered besides the app's own routes and hooks.
#[derive(Default)]
pub(crate) struct Registrations {
    /// The hooks of each registered blueprint, by its full name, in order.
    pub(crate) blueprints: Vec<(String, Hooks)>,
    pub(crate) endpoints: Vec<(String, ViewFunction, &'static Location<'static>)>,
    pub(crate) problems: Vec<SetupProblem>,
    #[cfg(feature = "templates")]
    pub(crate) template_folders: Vec<SearchPlace>,
    /// The commands of blueprints, where the app's program has them.
    #[cfg(feature = "cli")]
    pub(crate) cli: Option<CommandGroup>,
    identities: Vec<Arc<()>>,
}

/// Where a blueprint's rules go.
struct Place {
    full_name: String,
    url_prefix: Option<String>,
    subdomain: Option<String>,
    url_defaults: Values<'static>,
    #[cfg(feature = "cli")]
    cli_group: Option<Option<String>>,
}

impl Registrations {
    /// Registers a blueprint and all within it.
    pub(crate) fn register(
        &mut self,
        app: &mut ScaffoldData,
        blueprint: Blueprint,
        options: BlueprintOptions,
        location: &'static Location<'static>,
    ) {
        // A stack in place of recursion: the nested ones follow their parent, in order.
        let mut waiting = vec![(blueprint, options, String::new(), location)];
        while let Some((blueprint, options, outer, location)) = waiting.pop() {
            let Some(place) = self.place(&blueprint, options, &outer, location) else {
                continue;
            };
            self.add(app, &blueprint, &place);
            for (inner, inner_options, location) in blueprint.nested.into_iter().rev() {
                if Arc::ptr_eq(&inner.identity, &blueprint.identity) {
                    let problem = "a blueprint cannot be registered on itself";
                    self.problems
                        .push(SetupProblem::new(problem, location).blueprint(&place.full_name));
                    continue;
                }
                let inner_options = within(&place, &inner, inner_options);
                waiting.push((inner, inner_options, place.full_name.clone(), location));
            }
        }
    }

    /// Works out where a blueprint goes; none when its name will not do.
    fn place(
        &mut self,
        blueprint: &Blueprint,
        options: BlueprintOptions,
        outer: &str,
        location: &'static Location<'static>,
    ) -> Option<Place> {
        let name = options.name.as_deref().unwrap_or(&blueprint.name);
        let full_name = if outer.is_empty() {
            name.to_owned()
        } else {
            format!("{outer}.{name}")
        };
        let problem = if name.is_empty() {
            Some("a blueprint needs a name".to_owned())
        } else if name.contains('.') {
            Some(format!(
                "the blueprint name {name:?} has a dot, which separates nested names"
            ))
        } else if self.blueprints.iter().any(|(taken, _)| *taken == full_name) {
            Some(format!(
                "the name {full_name:?} is registered already; give the second registration a name of its own \
                 with `BlueprintOptions::name`"
            ))
        } else {
            None
        };
        if let Some(problem) = problem {
            let location = if name.is_empty() {
                blueprint.location
            } else {
                location
            };
            self.problems
                .push(SetupProblem::new(problem, location).blueprint(&full_name));
            return None;
        }
        let mut url_defaults = blueprint.options.url_defaults.clone();
        url_defaults.extend(
            options
                .url_defaults
                .iter()
                .map(|(name, value)| (name.to_owned(), value.clone())),
        );
        Some(Place {
            full_name,
            url_prefix: options
                .url_prefix
                .or_else(|| blueprint.options.url_prefix.clone()),
            subdomain: options
                .subdomain
                .or_else(|| blueprint.options.subdomain.clone()),
            url_defaults,
            #[cfg(feature = "cli")]
            cli_group: options
                .cli_group
                .or_else(|| blueprint.options.cli_group.clone()),
        })
    }

    fn add(&mut self, app: &mut ScaffoldData, blueprint: &Blueprint, place: &Place) {
        let first = !self
            .identities
            .iter()
            .any(|known| Arc::ptr_eq(known, &blueprint.identity));
        if first {
            self.identities.push(blueprint.identity.clone());
            app.hooks.merge(&blueprint.app_hooks);
            app.embedded.merge(&blueprint.scaffold.embedded);
            #[cfg(feature = "templates")]
            app.templates.merge(&blueprint.scaffold.templates);
        }
        self.blueprints
            .push((place.full_name.clone(), blueprint.scaffold.hooks.clone()));
        #[cfg(feature = "templates")]
        self.template_folders.extend(SearchPlace::of_blueprint(
            blueprint,
            &place.full_name,
            &app.root_path,
        ));
        let files = blueprint.static_folder.as_ref().map(|folder| {
            let url_path = static_url_path(folder, blueprint.static_url_path.as_deref());
            let folder = blueprint.scaffold.root_path.join(folder);
            let max_age = blueprint.send_file_max_age.clone();
            Route::of_static_files(&url_path, folder, max_age, blueprint.location)
        });
        for route in files.iter().chain(&blueprint.scaffold.routes) {
            match place_route(place, route) {
                Ok(route) => app.routes.push(route),
                Err(problem) => self.problems.push(problem),
            }
        }
        #[cfg(feature = "cli")]
        self.add_commands(blueprint, place);
        let state = SetupState {
            name: place.full_name.rsplit('.').next().unwrap_or_default(),
            url_prefix: place.url_prefix.as_deref(),
            subdomain: place.subdomain.as_deref(),
            first_registration: first,
        };
        for function in &blueprint.deferred {
            function(&state);
        }
    }
}

#[cfg(feature = "cli")]
impl Registrations {
    /// *Flask:* the end of `Blueprint.register`.
    fn add_commands(&mut self, blueprint: &Blueprint, place: &Place) {
        if blueprint.cli.is_empty() {
            return;
        }
        let cli = self
            .cli
            .get_or_insert_with(|| CommandGroup::new(blueprint.location));
        match &place.cli_group {
            None => cli.merge_as(&place.full_name, &blueprint.cli),
            Some(Some(name)) => cli.merge_as(name, &blueprint.cli),
            Some(None) => cli.merge(&blueprint.cli),
        }
    }
}

/// The options of a nested blueprint: prefixes and subdomains are joined.
fn within(outer: &Place, inner: &Blueprint, mut options: BlueprintOptions) -> BlueprintOptions {
    let prefix = options
        .url_prefix
        .take()
        .or_else(|| inner.options.url_prefix.clone());
    options.url_prefix = match (&outer.url_prefix, prefix) {
        (Some(outer), Some(inner)) => Some(format!(
            "{}/{}",
            outer.trim_end_matches('/'),
            inner.trim_start_matches('/')
        )),
        (outer, inner) => inner.or_else(|| outer.clone()),
    };
    let subdomain = options
        .subdomain
        .take()
        .or_else(|| inner.options.subdomain.clone());
    options.subdomain = match (&outer.subdomain, subdomain) {
        (Some(outer), Some(inner)) => Some(format!("{inner}.{outer}")),
        (outer, inner) => inner.or_else(|| outer.clone()),
    };
    options
}

/// The app's route for one of a blueprint: with its prefix, its name before the endpoint, and its defaults.
fn place_route(place: &Place, route: &Route) -> Result<Route, SetupProblem> {
    let mut placed = route.clone();
    if let Some(prefix) = &place.url_prefix {
        placed.text = if route.text.is_empty() {
            prefix.clone()
        } else {
            format!(
                "{}/{}",
                prefix.trim_end_matches('/'),
                route.text.trim_start_matches('/')
            )
        };
        placed.rule = placed.rule.with_text(placed.text.clone());
    }
    if let (Some(subdomain), false) = (&place.subdomain, route.has_subdomain) {
        placed.subdomain(subdomain.clone());
    }
    let mut defaults = place.url_defaults.clone();
    defaults.extend(
        route
            .defaults
            .iter()
            .map(|(name, value)| (name.to_owned(), value.clone())),
    );
    placed.defaults = defaults;
    match route.endpoint_name() {
        Some(name) if name.contains('.') => Err(SetupProblem::new(
            format!("the endpoint {name:?} of a blueprint's route has a dot"),
            route.location,
        )
        .rule(&placed.text)
        .blueprint(&place.full_name)),
        Some(name) => {
            placed.endpoint = Some(format!("{}.{name}", place.full_name));
            Ok(placed)
        }
        None => Ok(placed),
    }
}
