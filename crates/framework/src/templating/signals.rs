//! What receivers of the template signals learn. Flask: `before_render_template`, `template_rendered`.

use minijinja::Template;

use crate::templating::context::TemplateContext;
use crate::templating::escape::STRING;

/// A template that is about to be rendered, or was.
///
/// *Flask:* the arguments of `before_render_template` and `template_rendered`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RenderedTemplate {
    /// The name; none for a template given as a string.
    pub name: Option<String>,
    /// The names that the template may use, those of context processors among them.
    pub context: TemplateContext,
}

impl RenderedTemplate {
    pub(super) fn new(template: &Template<'_, '_>, context: &TemplateContext) -> Self {
        let name = Some(template.name())
            .filter(|name| *name != STRING)
            .map(str::to_owned);
        Self {
            name,
            context: context.clone(),
        }
    }
}
