//! Where templates come from: the app's folder, then those of the blueprints.
//! Flask: `flask.templating.DispatchingJinjaLoader`.

use std::fmt;
use std::fs;
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use minijinja::{Error, ErrorKind, TemplateSource};

use crate::app::Blueprint;
use crate::context::try_request;
use crate::embed::{Embedded, Lookup};
use crate::error::Result;
use crate::templating::error::to_engine;

/// Gives the source of a template; none when it has no such template.
pub(crate) type LoadTemplate = Arc<dyn Fn(&str) -> Result<Option<String>> + Send + Sync>;

/// A place that templates are looked for in, and whose it is.
#[derive(Clone)]
pub(crate) struct SearchPlace {
    /// `application "shop"` or `blueprint "admin"`.
    owner: String,
    origin: Origin,
}

#[derive(Clone)]
enum Origin {
    Folder(PathBuf),
    Function(LoadTemplate),
}

impl SearchPlace {
    /// The folder of an app.
    pub(super) fn of_app(name: &str, root: &Path, folder: &Path) -> Self {
        Self {
            owner: format!("application {name:?}"),
            origin: Origin::Folder(root.join(folder)),
        }
    }

    /// The folder of a blueprint, which it need not have.
    pub(crate) fn of_blueprint(blueprint: &Blueprint, name: &str, app_root: &Path) -> Option<Self> {
        let folder = blueprint.scaffold.templates.folder.as_ref()?;
        let folder = app_root.join(&blueprint.scaffold.root_path).join(folder);
        Some(Self {
            owner: format!("blueprint {name:?}"),
            origin: Origin::Folder(folder),
        })
    }

    /// A function of the app.
    pub(super) fn of_function(name: &str, load: LoadTemplate) -> Self {
        Self {
            owner: format!("application {name:?}"),
            origin: Origin::Function(load),
        }
    }

    /// Reads a template, with where it was found; none when it is not there.
    fn read(
        &self,
        name: &str,
        embedded: &Embedded,
    ) -> Result<Option<(String, TemplateSource)>, Error> {
        match &self.origin {
            Origin::Folder(folder) => read(folder, name, embedded),
            Origin::Function(load) => {
                let Some(text) = load(name).map_err(to_engine)? else {
                    return Ok(None);
                };
                let (load, name, former) = (load.clone(), name.to_owned(), text.clone());
                let unchanged =
                    move || load(&name).is_ok_and(|text| text.as_ref() == Some(&former));
                let source =
                    TemplateSource::new(with_plain_newlines(text)).with_uptodate_check(unchanged);
                Ok(Some(("a function".to_owned(), source)))
            }
        }
    }
}

impl fmt::Debug for SearchPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin: &dyn fmt::Display = match &self.origin {
            Origin::Folder(folder) => &folder.display(),
            Origin::Function(_) => &"a function",
        };
        write!(f, "{}: {origin}", self.owner)
    }
}

/// The places in the order they are searched in.
#[derive(Debug)]
pub(super) struct Loader {
    places: Vec<SearchPlace>,
    embedded: Embedded,
    explains: bool,
}

impl Loader {
    pub(super) fn new(places: Vec<SearchPlace>, embedded: Embedded, explains: bool) -> Self {
        Self {
            places,
            embedded,
            explains,
        }
    }

    /// Reads a template; none when no place has it.
    pub(super) fn load(&self, name: &str) -> Result<Option<TemplateSource>, Error> {
        if self.explains {
            return self.load_explained(name);
        }
        for place in &self.places {
            if let Some((_, source)) = place.read(name, &self.embedded)? {
                return Ok(Some(source));
            }
        }
        Ok(None)
    }

    /// *Flask:* `explain_template_loading_attempts`.
    fn load_explained(&self, name: &str) -> Result<Option<TemplateSource>, Error> {
        let mut lines = vec![format!("Locating template {name:?}:")];
        let mut found = Vec::new();
        for (number, place) in self.places.iter().enumerate() {
            lines.push(format!("{:5}: trying loader of {place:?}", number + 1));
            match place.read(name, &self.embedded)? {
                Some((path, source)) => {
                    lines.push(format!("       -> found ({path:?})"));
                    found.push(source);
                }
                None => lines.push("       -> no match".to_owned()),
            }
        }
        match found.len() {
            0 => lines.push("Error: the template could not be found.".to_owned()),
            1 => {}
            _ => lines
                .push("Warning: multiple loaders returned a match for the template.".to_owned()),
        }
        let request = try_request().ok();
        if let Some(blueprint) = request
            .as_ref()
            .and_then(|request| request.blueprint())
            .filter(|_| found.len() != 1)
        {
            lines.push(format!(
                "  The template was looked up from an endpoint that belongs to the blueprint {blueprint:?}."
            ));
            lines.push("  Maybe you did not place a template in the right folder?".to_owned());
        }
        tracing::info!(target: "carafe::app", "{}", lines.join("\n"));
        Ok(found.into_iter().next())
    }
}

/// Reads a file below a folder, with its path; none when it is not there.
fn read(
    folder: &Path,
    name: &str,
    embedded: &Embedded,
) -> Result<Option<(String, TemplateSource)>, Error> {
    let Some(path) = below(folder, name) else {
        return Ok(None);
    };
    match embedded.find(&path) {
        Lookup::OnDisk => read_from_disk(path),
        Lookup::Missing => Ok(None),
        Lookup::Embedded(file) => {
            let text = as_text(file.content().into(), &path)?;
            let source = TemplateSource::new(with_plain_newlines(text));
            Ok(Some((path.display().to_string(), source)))
        }
    }
}

fn read_from_disk(path: PathBuf) -> Result<Option<(String, TemplateSource)>, Error> {
    // The time is read before the text, so that a change in between is seen later.
    let modified = modified(&path);
    let text = match fs::read(&path) {
        Ok(bytes) => as_text(bytes, &path)?,
        Err(error) => match error.kind() {
            IoErrorKind::NotFound
            | IoErrorKind::IsADirectory
            | IoErrorKind::NotADirectory
            | IoErrorKind::InvalidInput
            | IoErrorKind::InvalidFilename => return Ok(None),
            _ => return Err(unreadable(&path, &error.to_string())),
        },
    };
    let file = path.clone();
    let source = TemplateSource::new(with_plain_newlines(text))
        .with_uptodate_check(move || modified.is_some() && self::modified(&file) == modified);
    Ok(Some((path.display().to_string(), source)))
}

fn as_text(bytes: Vec<u8>, path: &Path) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|_| unreadable(path, "it is not UTF-8"))
}

fn unreadable(path: &Path, reason: &str) -> Error {
    Error::new(
        ErrorKind::InvalidOperation,
        format!("the template {} cannot be read: {reason}", path.display()),
    )
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// Jinja reads every kind of line end as a line feed.
pub(super) fn with_plain_newlines(text: String) -> String {
    match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n"),
        false => text,
    }
}

/// The path of a template, which cannot leave the folder. *Flask:* `jinja2.loaders.split_template_path`.
fn below(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut path = folder.to_path_buf();
    for piece in name.split('/') {
        if piece == ".."
            || piece.contains(std::path::is_separator)
            || piece.contains([':', '\0']) && cfg!(windows)
        {
            return None;
        }
        if !piece.is_empty() && piece != "." {
            path.push(piece);
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{below, with_plain_newlines};

    #[test]
    fn a_name_cannot_leave_the_folder() {
        assert_eq!(
            below(Path::new("t"), "a/./b.html").as_deref(),
            Some(Path::new("t/a/b.html"))
        );
        assert_eq!(
            below(Path::new("t"), "/etc/passwd").as_deref(),
            Some(Path::new("t/etc/passwd"))
        );
        assert_eq!(below(Path::new("t"), "a/../../b.html"), None);
    }

    #[test]
    fn line_ends_are_line_feeds() {
        assert_eq!(with_plain_newlines("a\r\nb\rc\n".to_owned()), "a\nb\nc\n");
    }
}
