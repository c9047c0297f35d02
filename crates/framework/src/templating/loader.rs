//! Where templates come from: the app's folder, then those of the blueprints.
//! Flask: `flask.templating.DispatchingJinjaLoader`.

use std::fs;
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use minijinja::{Error, ErrorKind, TemplateSource};

use crate::app::{Blueprint, ScaffoldData};
use crate::context::try_request;

/// A folder that templates are looked for in, and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct SearchFolder {
    /// `application "shop"` or `blueprint "admin"`.
    pub(crate) owner: String,
    pub(crate) folder: PathBuf,
}

impl SearchFolder {
    /// The folder of an app.
    pub(crate) fn of_app(name: &str, scaffold: &ScaffoldData) -> Self {
        let folder = scaffold
            .templates
            .folder
            .as_deref()
            .unwrap_or(Path::new("templates"));
        Self {
            owner: format!("application {name:?}"),
            folder: scaffold.root_path.join(folder),
        }
    }

    /// The folder of a blueprint, which it need not have.
    pub(crate) fn of_blueprint(blueprint: &Blueprint, name: &str, app_root: &Path) -> Option<Self> {
        let folder = blueprint.scaffold.templates.folder.as_ref()?;
        let folder = app_root.join(&blueprint.scaffold.root_path).join(folder);
        Some(Self {
            owner: format!("blueprint {name:?}"),
            folder,
        })
    }
}

/// The folders in the order they are searched in.
#[derive(Debug)]
pub(super) struct Loader {
    folders: Vec<SearchFolder>,
    explains: bool,
}

impl Loader {
    pub(super) fn new(folders: Vec<SearchFolder>, explains: bool) -> Self {
        Self { folders, explains }
    }

    /// Reads a template; none when no folder has it.
    pub(super) fn load(&self, name: &str) -> Result<Option<TemplateSource>, Error> {
        if self.explains {
            return self.load_explained(name);
        }
        for place in &self.folders {
            if let Some((_, source)) = read(&place.folder, name)? {
                return Ok(Some(source));
            }
        }
        Ok(None)
    }

    /// *Flask:* `explain_template_loading_attempts`.
    fn load_explained(&self, name: &str) -> Result<Option<TemplateSource>, Error> {
        let mut lines = vec![format!("Locating template {name:?}:")];
        let mut found = Vec::new();
        for (number, place) in self.folders.iter().enumerate() {
            lines.push(format!(
                "{:5}: trying loader of {}",
                number + 1,
                place.owner
            ));
            lines.push(format!("       folder: {}", place.folder.display()));
            match read(&place.folder, name)? {
                Some((path, source)) => {
                    lines.push(format!("       -> found ({:?})", path.display()));
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
fn read(folder: &Path, name: &str) -> Result<Option<(PathBuf, TemplateSource)>, Error> {
    let Some(path) = below(folder, name) else {
        return Ok(None);
    };
    // The time is read before the text, so that a change in between is seen later.
    let modified = modified(&path);
    let text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| unreadable(&path, "it is not UTF-8"))?,
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
    Ok(Some((path, source)))
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
