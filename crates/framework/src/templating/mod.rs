//! Templates in Jinja's language. Flask: `flask.templating`.

mod attribute; // macros of templates, for Rust code
mod context; // the names a template may use
mod error; // what can go wrong, and where
mod escape; // HTML in Jinja's spelling
mod filters; // Flask's own filters
mod function; // functions of the app that templates call
mod globals; // request, session, g, config, url_for
mod jinja; // filters of Jinja's that the engine lacks
mod loader; // the folders that templates come from
mod names; // one name, or several to choose from
mod objects; // the globals of the current context
mod serialize; // any serde type as a template value
mod setup; // what apps and blueprints say of templates
mod signals; // what receivers learn of a rendering
mod urlize; // links in plain text
mod stream; // pages that are sent in pieces
mod value; // a template value, without the engine's types

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use minijinja::{Environment, ErrorKind, Template};
use serde::Serialize;

use crate::app::ScaffoldData;
use crate::config::Config;
use crate::context::{AppContext, current_context};
use crate::error::{Error, Result, panicked};
use crate::request::Request;
use crate::response::Response;
use crate::signals::{Immediate, Signal};
use crate::templating::loader::Loader;

pub use self::attribute::{TemplateAttribute, get_template_attribute};
pub use self::context::TemplateContext;
pub use self::error::{TemplateError, TemplateErrorKind};
pub use self::function::{
    Fallible, IntoTemplateFunction, Plain, TemplateAnswer, TemplateArgument, TemplateArguments,
    TemplateFunction, template_function,
};
pub(crate) use self::loader::SearchPlace;
pub use self::names::TemplateNames;
pub use self::setup::ProcessedContext;
pub(crate) use self::setup::{ContextProcessor, TemplateSetup};
pub use self::signals::RenderedTemplate;
pub use self::stream::{stream_template, stream_template_string};
pub use self::value::TemplateValue;

/// The templates of an app. *Flask:* `Flask.jinja_env`.
pub(crate) struct Templates {
    env: Environment<'static>,
}

impl Templates {
    /// Puts the environment together, when the app's set-up ends. *Flask:* `Flask.create_jinja_environment`.
    ///
    /// The app's functions and then its own folder are searched before the folders of the blueprints.
    pub(crate) fn of(
        name: &str,
        config: &Config,
        folder: Option<&Path>,
        scaffold: &ScaffoldData,
        blueprints: Vec<SearchPlace>,
    ) -> Self {
        let setup = scaffold.templates.clone();
        let functions = setup.loaders.iter();
        let functions = functions.map(|load| SearchPlace::of_function(name, load.clone()));
        let own = folder.map(|folder| SearchPlace::of_app(name, &scaffold.root_path, folder));
        let places = functions.chain(own).chain(blueprints).collect();
        let mut env = Environment::new();
        let loader = Loader::new(
            places,
            scaffold.embedded.clone(),
            config.explain_template_loading,
        );
        env.set_loader(move |name| loader.load(name));
        env.set_auto_reload(config.templates_auto_reload.unwrap_or(config.debug));
        env.set_debug(config.debug);
        env.set_auto_escape_callback(escape::select_autoescape);
        env.set_formatter(escape::write_value);
        env.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        jinja::add_jinja(&mut env);
        filters::add_filters(&mut env);
        globals::add_globals(&mut env, &setup.readers);
        setup.apply(&mut env);
        Self { env }
    }

    /// The first template of the names that exists. *Flask:* `Environment.get_or_select_template`.
    fn select(&self, names: &impl TemplateNames) -> Result<Template<'_, '_>> {
        let names = names.template_names();
        for name in &names {
            match self.env.get_template(name) {
                Ok(template) => return Ok(template),
                Err(error) if error.kind() == ErrorKind::TemplateNotFound => {}
                Err(error) => return Err(error::from_engine(error)),
            }
        }
        let message = match names.as_slice() {
            [] => "no template can be chosen from an empty list".to_owned(),
            [name] => format!("the template {name:?} does not exist"),
            names => format!("none of the templates {names:?} exists"),
        };
        Err(TemplateError::not_found(message).into())
    }

    /// A value of the current `g` as templates read it; none when they cannot.
    pub(crate) fn g_value(&self, name: &str) -> Option<carafe_sessions::Value> {
        let (_, g) = self.env.globals().find(|(known, _)| *known == "g")?;
        let value = g.get_attr(name).ok()?;
        carafe_sessions::to_value(&value).ok()
    }

    fn compile<'a>(&'a self, source: &'a str) -> Result<Template<'a, 'a>> {
        self.env
            .template_from_str(source)
            .map_err(error::from_engine)
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templates").finish_non_exhaustive()
    }
}

/// Renders a template: one of a name, or the first of several names that exists.
///
/// The answer is a [`Response`], as what a template makes is nearly always what a view answers with; its text,
/// for a mail say, is [`Response::into_text`]. The context is [`context!`](crate::context!), or any struct or
/// mapping that serde can write; `()` is none.
///
/// *Flask:* `flask.render_template`.
///
/// # Errors
/// A [`TemplateError`] when there is no such template or it fails, and errors of context processors, of
/// functions that the template calls and of receivers of the signals.
///
/// ```no_run
/// use carafe::prelude::*;
///
/// fn show_user(name: String) -> Result {
///     render_template("user.html", context! { name, visits = 3 })
/// }
///
/// fn not_found(_: &HttpError) -> Result<(Response, u16)> {
///     Ok((render_template("404.html", ())?, 404))
/// }
/// ```
pub fn render_template(names: impl TemplateNames, context: impl Serialize) -> Result<Response> {
    let ctx = current_context("render_template")?;
    let template = ctx.app().templates().select(&names)?;
    let context = TemplateContext::from_serialize(&context)?;
    render(&ctx, &template, context).map(Response::new)
}

/// Renders a template that is given as a string; what it prints is escaped.
///
/// *Flask:* `flask.render_template_string`.
///
/// # Errors
/// As [`render_template`].
///
/// ```
/// use carafe::prelude::*;
///
/// let ctx = App::new("docs").build()?.app_context();
/// let _guard = ctx.push()?;
/// let page = render_template_string("Hello {{ name }}!", context! { name = "<World>" })?;
/// assert_eq!(page.into_text(), "Hello &lt;World&gt;!");
/// # Ok::<(), carafe::Error>(())
/// ```
pub fn render_template_string(
    source: impl AsRef<str>,
    context: impl Serialize,
) -> Result<Response> {
    let ctx = current_context("render_template_string")?;
    let source = loader::with_plain_newlines(source.as_ref().to_owned());
    let template = ctx.app().templates().compile(&source)?;
    let context = TemplateContext::from_serialize(&context)?;
    render(&ctx, &template, context).map(Response::new)
}

/// *Flask:* `flask.templating._render`.
fn render(
    ctx: &AppContext,
    template: &Template<'_, '_>,
    context: TemplateContext,
) -> Result<String> {
    let context = update_template_context(ctx, context)?;
    let signals = ctx.app().signals();
    let told = RenderedTemplate::new(template, context);
    send(&signals.before_render_template, &told)?;
    let text = template
        .render(told.context().root())
        .map_err(error::from_engine)?;
    send(&signals.template_rendered, &told)?;
    Ok(text)
}

/// Adds what context processors give: the app's, then those of the blueprints, outermost first. Later values
/// win, and the given ones win over all. *Flask:* `Flask.update_template_context`.
fn update_template_context(ctx: &AppContext, given: TemplateContext) -> Result<TemplateContext> {
    let request = Request::of(ctx);
    let scopes = ctx
        .app()
        .scopes_inwards(request.as_ref().and_then(Request::rule_entry));
    let mut context = TemplateContext::new();
    for processor in scopes.flat_map(|hooks| &hooks.context_processors) {
        context.update(processor()?);
    }
    context.update(given);
    Ok(context)
}

/// Tells receivers, whose failures and panics are errors of the rendering.
fn send(signal: &Signal<RenderedTemplate, Immediate>, told: &RenderedTemplate) -> Result<()> {
    if !signal.has_receivers() {
        return Ok(());
    }
    let sent = catch_unwind(AssertUnwindSafe(|| signal.send(told))).map_err(panicked)?;
    sent.map_err(Error::from_boxed)
}
