//! What can go wrong with a template, and where.

use std::error::Error as StdError;
use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::error::{Error, HttpError, OriginalError};
use crate::templating::escape::STRING;

/// The failure of a template, with its name and line.
///
/// *Flask:* `jinja2.TemplateError` and what left the template's code.
#[derive(Debug)]
pub struct TemplateError {
    kind: TemplateErrorKind,
    message: String,
    name: Option<String>,
    line: Option<usize>,
    /// The engine's error, whose sources hold what a function in the template failed with.
    engine: Option<minijinja::Error>,
}

/// The kinds of [`TemplateError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TemplateErrorKind {
    /// There is no template of that name. *Flask:* `TemplateNotFound`.
    NotFound,
    /// The template is not written as templates are, or uses a filter or a test that does not exist.
    /// *Flask:* `TemplateSyntaxError`, `TemplateAssertionError`.
    Syntax,
    /// Something undefined was used. *Flask:* `UndefinedError`.
    Undefined,
    /// The template failed while it was rendered.
    Render,
}

impl TemplateError {
    pub(super) fn not_found(message: String) -> Self {
        Self {
            kind: TemplateErrorKind::NotFound,
            message,
            name: None,
            line: None,
            engine: None,
        }
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> TemplateErrorKind {
        self.kind
    }

    /// The name of the template that failed; none for a template given as a string.
    ///
    /// Where one template includes or extends another, it is the one in which the failure is.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The line that failed, counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The source of the template that failed; in debug mode only.
    pub fn template_source(&self) -> Option<&str> {
        innermost(self.engine.as_ref()?).template_source()
    }

    fn of(engine: minijinja::Error) -> Self {
        use minijinja::ErrorKind as Engine;
        let inner = innermost(&engine);
        let kind = match inner.kind() {
            Engine::TemplateNotFound => TemplateErrorKind::NotFound,
            Engine::SyntaxError
            | Engine::UnknownFilter
            | Engine::UnknownTest
            | Engine::BadEscape => TemplateErrorKind::Syntax,
            Engine::UndefinedError => TemplateErrorKind::Undefined,
            _ => TemplateErrorKind::Render,
        };
        let message = match inner.detail() {
            Some(detail) if kind == TemplateErrorKind::NotFound || inner.source().is_some() => {
                detail.to_owned()
            }
            Some(detail) => format!("{}: {detail}", inner.kind()),
            None => inner.kind().to_string(),
        };
        let placed = placed(&engine);
        Self {
            kind,
            message,
            name: placed
                .and_then(minijinja::Error::name)
                .filter(|name| *name != STRING)
                .map(str::to_owned),
            line: placed.and_then(minijinja::Error::line),
            engine: Some(engine),
        }
    }
}

/// The engine's errors, outermost first: each says where the next was included or called.
fn chain(error: &minijinja::Error) -> impl Iterator<Item = &minijinja::Error> {
    std::iter::successors(Some(error), |error: &&minijinja::Error| {
        let error: &minijinja::Error = error;
        error.source()?.downcast_ref()
    })
}

fn innermost(error: &minijinja::Error) -> &minijinja::Error {
    chain(error).last().unwrap_or(error)
}

/// The innermost error that knows its place.
fn placed(error: &minijinja::Error) -> Option<&minijinja::Error> {
    chain(error).filter(|error| error.line().is_some()).last()
}

/// The error that a function in the template failed with, if that is the reason.
fn original(error: &minijinja::Error) -> Option<&Error> {
    innermost(error)
        .source()?
        .downcast_ref::<OriginalError>()
        .map(|original| &original.0)
}

/// Turns the engine's error into one of the app.
///
/// An error with a status, as of `abort` in a function that the template calls, stays what it is.
pub(super) fn from_engine(engine: minijinja::Error) -> Error {
    match original(&engine) {
        Some(error) if error.as_http().is_some() => error.clone(),
        _ => TemplateError::of(engine).into(),
    }
}

/// Turns an error of a function that a template calls into one of the engine.
pub(super) fn to_engine(error: Error) -> minijinja::Error {
    minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, error.to_string())
        .with_source(OriginalError(error))
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match (&self.name, self.line) {
            (Some(name), Some(line)) => write!(f, " (in {name:?}, line {line})"),
            (None, Some(line)) => write!(f, " (in line {line})"),
            (Some(name), None) => write!(f, " (in {name:?})"),
            (None, None) => Ok(()),
        }
    }
}

impl StdError for TemplateError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        innermost(self.engine.as_ref()?).source()
    }
}

/// What error pages show: `{{ error.code }} {{ error.name }}: {{ error.description }}`.
impl Serialize for HttpError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("HttpError", 3)?;
        fields.serialize_field("code", &self.code())?;
        fields.serialize_field("name", self.name())?;
        fields.serialize_field("description", &self.description())?;
        fields.end()
    }
}
