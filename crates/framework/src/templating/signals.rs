//! What receivers of the template signals learn. Flask: `before_render_template`, `template_rendered`.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use minijinja::Template;
use serde::Serialize;

use crate::templating::context::TemplateContext;
use crate::templating::escape::STRING;

/// A template that is about to be rendered, or was.
///
/// *Flask:* the arguments of `before_render_template` and `template_rendered`.
#[derive(Debug)]
pub struct RenderedTemplate {
    name: Option<String>,
    /// Receivers of `before_render_template` may change it; it is locked for single reads and writes.
    context: Mutex<TemplateContext>,
}

impl RenderedTemplate {
    pub(super) fn new(template: &Template<'_, '_>, context: TemplateContext) -> Self {
        let name = Some(template.name())
            .filter(|name| *name != STRING)
            .map(str::to_owned);
        Self {
            name,
            context: Mutex::new(context),
        }
    }

    /// The template's name; none for a template given as a string.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The names that the template may use, those of context processors among them.
    pub fn context(&self) -> TemplateContext {
        self.locked().clone()
    }

    /// Gives a name another value, before the template is rendered.
    pub fn insert<T: Serialize>(&self, name: impl Into<Cow<'static, str>>, value: T) {
        // Serialize is the caller's code, and runs before the context is locked.
        let mut context = self.context();
        context.insert(name, value);
        *self.locked() = context;
    }

    fn locked(&self) -> MutexGuard<'_, TemplateContext> {
        self.context.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
