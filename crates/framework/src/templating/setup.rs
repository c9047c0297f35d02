//! What an app and its blueprints say of their templates while they are put together.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::{App, Blueprint};
use crate::error::{Error, Result};
use crate::templating::context::TemplateContext;

pub(crate) type ContextProcessor = Arc<dyn Fn() -> Result<TemplateContext> + Send + Sync>;

/// What a context processor may return: a context, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "a context processor cannot return `{Self}`",
    note = "return a `TemplateContext`, which `context!` makes, or a `Result` of it"
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
    /// The folder, relative to the root path.
    pub(crate) folder: Option<PathBuf>,
}

impl App {
    /// Sets the folder of the templates, relative to the root path; without, it is `templates`.
    ///
    /// *Flask:* the `template_folder` argument of `Flask`.
    pub fn template_folder(&mut self, folder: impl AsRef<Path>) -> &mut Self {
        self.templates().folder = Some(folder.as_ref().to_path_buf());
        self
    }
}

impl Blueprint {
    /// Sets the folder of the blueprint's templates, relative to its root path; without, it has none.
    ///
    /// They are looked for after those of the app, and of the blueprints that were registered before.
    ///
    /// *Flask:* the `template_folder` argument of `Blueprint`.
    #[must_use]
    pub fn with_template_folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.scaffold.templates.folder = Some(folder.as_ref().to_path_buf());
        self
    }

    /// Gives every template of the app further names.
    ///
    /// *Flask:* `Blueprint.app_context_processor`.
    pub fn app_context_processor<R: ProcessedContext>(
        &mut self,
        function: impl Fn() -> R + Send + Sync + 'static,
    ) -> &mut Self {
        self.app_hooks.context_processors.push(Arc::new(move || function().processed()));
        self
    }
}
