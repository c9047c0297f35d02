//! Files that are sent as they are, from the static folders of the app and its blueprints.
//! Flask: `Flask.send_static_file`, `Flask.get_send_file_max_age`.

use std::path::{Path, PathBuf};

use crate::app::ReadyApp;
use crate::files::MaxAgeFunction;
use crate::view::ViewFunction;
#[cfg(feature = "files")]
use crate::{
    context::try_current_app,
    error::{Error, Result},
    files::send_from_directory,
    response::Response,
    view::IntoView,
};

/// Makes the view of an endpoint `static`.
#[cfg(feature = "files")]
pub(crate) fn static_view(
    directory: PathBuf,
    max_age: Option<MaxAgeFunction>,
) -> Option<ViewFunction> {
    let view = move |filename: String| {
        let (directory, max_age) = (directory.clone(), max_age.clone());
        async move {
            send_from_directory(directory, &filename)
                .max_age_function(max_age)
                .precompressed(try_current_app()?.inner().static_precompressed)
                .await
        }
    };
    Some(view.into_view())
}

/// Without the feature a static folder is a mistake of the set-up, and no view of it is ever called.
#[cfg(not(feature = "files"))]
pub(crate) fn static_view(_: PathBuf, _: Option<MaxAgeFunction>) -> Option<ViewFunction> {
    None
}

/// What the URLs of a static folder start with: its last name, unless told otherwise.
pub(crate) fn static_url_path(folder: &Path, told: Option<&str>) -> String {
    match (told, folder.file_name()) {
        (Some(told), _) => told.trim_end_matches('/').to_owned(),
        (None, Some(name)) => format!("/{}", name.to_string_lossy()),
        (None, None) => String::new(),
    }
}

impl ReadyApp {
    /// Answers with a file of the app's static folder.
    ///
    /// *Flask:* `Flask.send_static_file`.
    ///
    /// # Errors
    /// Those of [`send_from_directory`], and when the app has no static folder.
    #[cfg(feature = "files")]
    pub async fn send_static_file(&self, filename: &str) -> Result<Response> {
        let folder = self
            .static_folder()
            .ok_or_else(|| Error::msg("the app has no static folder to send files from"))?;
        send_from_directory(folder, filename)
            .precompressed(self.inner().static_precompressed)
            .await
    }

    /// Tells for how many seconds a file may be cached: what
    /// [`App::send_file_max_age`](crate::App::send_file_max_age) says, or else `SEND_FILE_MAX_AGE_DEFAULT`.
    ///
    /// *Flask:* `Flask.get_send_file_max_age`.
    pub fn get_send_file_max_age(&self, path: Option<&Path>) -> Option<i64> {
        match &self.inner().send_file_max_age {
            Some(function) => function(path),
            None => Some(self.config().send_file_max_age_default?.as_seconds()),
        }
    }
}
