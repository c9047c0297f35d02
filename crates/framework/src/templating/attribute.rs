//! Macros and variables of a template, for Rust code. Flask: `flask.get_template_attribute`.

use serde::Serialize;

use crate::app::ReadyApp;
use crate::context::current_context;
use crate::error::{Error, Result};
use crate::response::{IntoResponse, Response};
use crate::templating::error::from_engine;
use crate::templating::serialize::to_value;
use crate::templating::value::TemplateValue;

/// A macro or a variable that a template exports.
#[derive(Debug, Clone)]
pub struct TemplateAttribute {
    app: ReadyApp,
    template: String,
    attribute: String,
}

/// Loads a macro or a variable that a template exports, to use it in Rust code.
///
/// *Flask:* `flask.get_template_attribute`.
///
/// # Errors
/// When there is no such template, it fails, or it does not export the name.
///
/// ```no_run
/// use carafe::prelude::*;
/// use carafe::{TemplateValue, get_template_attribute};
///
/// // _hello.html: {% macro hello(name) %}Hello {{ name }}!{% endmacro %}
/// fn view(name: String) -> Result<TemplateValue> {
///     get_template_attribute("_hello.html", "hello")?.call([name])
/// }
/// ```
pub fn get_template_attribute(template: &str, attribute: &str) -> Result<TemplateAttribute> {
    let app = current_context("get_template_attribute")?.app().clone();
    let found = TemplateAttribute {
        app,
        template: template.to_owned(),
        attribute: attribute.to_owned(),
    };
    found.value()?;
    Ok(found)
}

impl TemplateAttribute {
    /// The value of the variable.
    ///
    /// # Errors
    /// When the template fails.
    pub fn value(&self) -> Result<TemplateValue> {
        let module = self
            .app
            .templates()
            .env
            .get_template(&self.template)
            .map_err(from_engine)?;
        let module = module.render_captured(()).map_err(from_engine)?;
        let state = module.state();
        let exported = state.exports().contains(&self.attribute.as_str());
        let value = if exported {
            state.lookup(&self.attribute)
        } else {
            None
        };
        value.map(TemplateValue).ok_or_else(|| {
            Error::msg(format!(
                "the template {:?} does not export {:?}",
                self.template, self.attribute
            ))
        })
    }

    /// Calls the macro with arguments: an array or a tuple with one value for each parameter.
    ///
    /// # Errors
    /// When it is not a macro, or fails.
    pub fn call(&self, arguments: impl Serialize) -> Result<TemplateValue> {
        let arguments: Vec<_> = to_value(&arguments).try_iter()?.collect();
        let module = self
            .app
            .templates()
            .env
            .get_template(&self.template)
            .map_err(from_engine)?;
        let mut module = module.render_captured(()).map_err(from_engine)?;
        let answer = module.with_state_mut(|state| {
            let function = state.lookup(&self.attribute).unwrap_or_default();
            function.call(state, &arguments)
        });
        answer.map(TemplateValue).map_err(from_engine)
    }
}

impl IntoResponse for TemplateValue {
    fn into_response(self) -> Result<Response> {
        self.to_string().into_response()
    }
}
