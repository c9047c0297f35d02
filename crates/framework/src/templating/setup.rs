//! What an app and its blueprints say of their templates while they are put together.

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;

use minijinja::Environment;
use minijinja::value::{Rest, ValueOrKwargs};
use serde::Serialize;

use crate::app::{App, Blueprint};
use crate::error::{Error, Result};
use crate::templating::context::TemplateContext;
use crate::templating::function::{IntoTemplateFunction, TemplateFunction};
use crate::templating::loader::LoadTemplate;
use crate::templating::objects::{Readers, reader, shared_option_reader, shared_reader};
use crate::templating::value::TemplateValue;

pub(crate) type ContextProcessor = Arc<dyn Fn() -> Result<TemplateContext> + Send + Sync>;

/// What a context processor may return: a context, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "a context processor cannot return `{Self}`",
    note = "return a `TemplateContext`, which `context!` makes, or a `Result` of it",
    note = "it is synchronous, as `render_template` is: what has to wait is read in `before_request` and kept in `g`"
)]
pub trait ProcessedContext {
    /// The names with their values.
    ///
    /// # Errors
    /// When the function failed.
    fn processed(self) -> Result<TemplateContext>;
}

impl ProcessedContext for TemplateContext {
    fn processed(self) -> Result<TemplateContext> {
        Ok(self)
    }
}

impl<E: Into<Error>> ProcessedContext for Result<TemplateContext, E> {
    fn processed(self) -> Result<TemplateContext> {
        self.map_err(Into::into)
    }
}

/// What an app or a blueprint says of templates.
#[derive(Clone, Default)]
pub(crate) struct TemplateSetup {
    /// The folder of a blueprint.
    pub(crate) folder: Option<PathBuf>,
    pub(super) loaders: Vec<LoadTemplate>,
    pub(super) filters: Vec<(String, TemplateFunction)>,
    pub(super) tests: Vec<(String, TemplateFunction)>,
    pub(super) globals: Vec<(String, TemplateValue)>,
    pub(super) readers: Readers,
}

impl TemplateSetup {
    /// Takes over what a blueprint gives the app.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.filters.extend_from_slice(&other.filters);
        self.tests.extend_from_slice(&other.tests);
        self.globals.extend_from_slice(&other.globals);
        self.readers.extend(&other.readers);
    }

    fn add_type<T: Any + Clone + Serialize>(&mut self) {
        self.readers.extend([
            reader::<T>(),
            reader::<Option<T>>(),
            reader::<Vec<T>>(),
            shared_reader::<T>(),
            shared_option_reader::<T>(),
        ]);
    }

    /// Puts filters, tests and globals into the environment, in place of built-in ones of their names.
    pub(super) fn apply(self, env: &mut Environment<'static>) {
        for (name, filter) in self.filters {
            env.add_filter(name, move |arguments: Rest<ValueOrKwargs>| {
                filter.call(arguments)
            });
        }
        for (name, test) in self.tests {
            env.add_test(name, move |arguments: Rest<ValueOrKwargs>| {
                test.call(arguments)
            });
        }
        for (name, global) in self.globals {
            env.add_global(name, global.0);
        }
    }
}

impl App {
    /// Looks for templates by a function, before the folders; it gives none when it has no such template.
    ///
    /// *Flask:* `Flask.create_global_jinja_loader`.
    ///
    /// ```
    /// use carafe::prelude::*;
    ///
    /// let mut app = App::new("docs");
    /// app.template_loader(|name| Ok((name == "index.html").then(|| "Hello Custom World!".to_owned())));
    /// let ctx = app.build()?.app_context();
    /// let _guard = ctx.push()?;
    /// assert_eq!(render_template("index.html", ())?.into_text(), "Hello Custom World!");
    /// # Ok::<(), carafe::Error>(())
    /// ```
    pub fn template_loader(
        &mut self,
        load: impl Fn(&str) -> Result<Option<String>> + Send + Sync + 'static,
    ) -> &mut Self {
        self.templates().loaders.push(Arc::new(load));
        self
    }

    /// Gives templates a filter: `{{ text|name }}`.
    ///
    /// The value before the bar is the function's first argument.
    ///
    /// *Flask:* `Flask.template_filter`, `Flask.add_template_filter`.
    ///
    /// ```
    /// use carafe::prelude::*;
    ///
    /// let mut app = App::new("docs");
    /// app.template_filter("reverse_text", |text: String| text.chars().rev().collect::<String>());
    /// let ctx = app.build()?.app_context();
    /// let _guard = ctx.push()?;
    /// assert_eq!(render_template_string("{{ 'abc'|reverse_text }}", ())?.into_text(), "cba");
    /// # Ok::<(), carafe::Error>(())
    /// ```
    pub fn template_filter<M>(
        &mut self,
        name: impl Into<String>,
        filter: impl IntoTemplateFunction<M>,
    ) -> &mut Self {
        self.templates()
            .filters
            .push((name.into(), filter.into_template_function()));
        self
    }

    /// Gives templates a test: `{% if number is name %}`.
    ///
    /// *Flask:* `Flask.template_test`, `Flask.add_template_test`.
    pub fn template_test<M>(
        &mut self,
        name: impl Into<String>,
        test: impl IntoTemplateFunction<M>,
    ) -> &mut Self {
        self.templates()
            .tests
            .push((name.into(), test.into_template_function()));
        self
    }

    /// Gives templates a function: `{{ name(1, 2) }}`.
    ///
    /// *Flask:* `Flask.template_global`, `Flask.add_template_global`.
    pub fn template_global<M>(
        &mut self,
        name: impl Into<String>,
        function: impl IntoTemplateFunction<M>,
    ) -> &mut Self {
        let function = function.into_template_function().into_value();
        self.templates()
            .globals
            .push((name.into(), TemplateValue(function)));
        self
    }

    /// Gives templates a value: `{{ name }}`.
    ///
    /// *Flask:* `app.jinja_env.globals[name] = value`.
    pub fn template_value(&mut self, name: impl Into<String>, value: impl Serialize) -> &mut Self {
        self.templates()
            .globals
            .push((name.into(), TemplateValue::new(&value)));
        self
    }

    /// Lets templates read values of a type in `g`, also in an `Option`, a `Vec` or an `Arc`.
    ///
    /// Text, numbers, truth values and lists of them are read without it.
    ///
    /// *Beyond Flask:* Python looks into any object.
    ///
    /// ```
    /// use carafe::prelude::*;
    ///
    /// #[derive(Clone, serde::Serialize)]
    /// struct User {
    ///     name: String,
    /// }
    ///
    /// let mut app = App::new("docs");
    /// app.template_type::<User>();
    /// let ctx = app.build()?.app_context();
    /// let _guard = ctx.push()?;
    /// g().set("user", User { name: "ada".into() });
    /// assert_eq!(render_template_string("{{ g.user.name }}", ())?.into_text(), "ada");
    /// # Ok::<(), carafe::Error>(())
    /// ```
    pub fn template_type<T: Any + Clone + Serialize>(&mut self) -> &mut Self {
        self.templates().add_type::<T>();
        self
    }
}

impl Blueprint {
    /// Sets the folder of the blueprint's templates; a relative one is below the blueprint's root.
    ///
    /// They are looked for after those of the app, and of the blueprints that were registered before.
    ///
    /// *Flask:* the `template_folder` argument of `Blueprint`.
    #[must_use]
    pub fn with_template_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.scaffold.templates.folder = Some(folder.into());
        self
    }

    /// Gives the app's templates a filter.
    ///
    /// *Flask:* `Blueprint.app_template_filter`, `Blueprint.add_app_template_filter`.
    pub fn app_template_filter<M>(
        &mut self,
        name: impl Into<String>,
        filter: impl IntoTemplateFunction<M>,
    ) -> &mut Self {
        self.scaffold
            .templates
            .filters
            .push((name.into(), filter.into_template_function()));
        self
    }

    /// Gives the app's templates a test.
    ///
    /// *Flask:* `Blueprint.app_template_test`, `Blueprint.add_app_template_test`.
    pub fn app_template_test<M>(
        &mut self,
        name: impl Into<String>,
        test: impl IntoTemplateFunction<M>,
    ) -> &mut Self {
        self.scaffold
            .templates
            .tests
            .push((name.into(), test.into_template_function()));
        self
    }

    /// Gives the app's templates a function.
    ///
    /// *Flask:* `Blueprint.app_template_global`, `Blueprint.add_app_template_global`.
    pub fn app_template_global<M>(
        &mut self,
        name: impl Into<String>,
        function: impl IntoTemplateFunction<M>,
    ) -> &mut Self {
        let function = function.into_template_function().into_value();
        self.scaffold
            .templates
            .globals
            .push((name.into(), TemplateValue(function)));
        self
    }

    /// Lets the app's templates read values of a type in `g`, as [`App::template_type`] does.
    ///
    /// *Beyond Flask.*
    pub fn app_template_type<T: Any + Clone + Serialize>(&mut self) -> &mut Self {
        self.scaffold.templates.add_type::<T>();
        self
    }

    /// Gives every template of the app further names.
    ///
    /// *Flask:* `Blueprint.app_context_processor`.
    pub fn app_context_processor<R: ProcessedContext>(
        &mut self,
        function: impl Fn() -> R + Send + Sync + 'static,
    ) -> &mut Self {
        self.app_hooks
            .context_processors
            .push(Arc::new(move || function().processed()));
        self
    }
}
