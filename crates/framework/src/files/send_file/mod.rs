//! Sending a file: what is sent, and how. Flask: `flask.send_file`, `flask.send_from_directory`.

mod answer; // the headers, and what of the file the client asks for
mod chunks; // reading piece by piece, off the event loop
mod opened; // a file that is there
mod source; // what can be sent

use std::fmt;
use std::future::IntoFuture;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::context::try_request;
use crate::error::Result;
use crate::files::{MaxAgeFunction, safe_join};
use crate::maybe_ready::BoxFuture;
use crate::response::Response;

pub use self::source::FileSource;
use self::source::Source;

/// Sends a file to the client; await it for the response.
///
/// The file is a path, which is below the app's root if it is relative, or an open file, bytes, or a
/// [reader](FileSource::reader). The answer has the media type of the file's extension, a length, an entity
/// tag and the time of the last change; conditional requests and ranges are answered. A file is read piece by
/// piece on threads that may wait.
///
/// Never send a path that came from a client: [`send_from_directory`] is made for that.
///
/// *Flask:* `flask.send_file`.
///
/// ```
/// use carafe::{App, Scaffold, send_file};
///
/// async fn report() -> carafe::Result {
///     send_file("Cargo.toml")
///         .mimetype("text/plain")
///         .as_attachment(true)
///         .download_name("bericht für märz.txt")
///         .await
/// }
///
/// async fn memory() -> carafe::Result {
///     send_file(b"a,b\n1,2\n").download_name("table.csv").await
/// }
///
/// let mut app = App::new("docs");
/// app.route("/report", report);
/// app.route("/memory", memory);
/// let client = app.test_client();
/// let part = client.get("/memory").header("range", "bytes=4-6").send();
/// assert_eq!((part.status(), part.text().as_str()), (206, "1,2"));
/// ```
///
/// # Errors
/// When awaited: 416 for a range that the file does not have, and the system's error when the file cannot be
/// opened. Without a name there is no media type and no attachment, and outside of a request no answer.
pub fn send_file(file: impl Into<FileSource>) -> SendFile {
    SendFile::new(file.into().0, false)
}

/// Sends a file of a folder, by a path that came from a client; await it for the response.
///
/// A relative folder is below the app's root. Links inside the folder are followed: they are up to who owns it.
///
/// *Flask:* `flask.send_from_directory`.
///
/// ```
/// use carafe::{App, Scaffold, send_from_directory};
///
/// async fn download(name: String) -> carafe::Result {
///     send_from_directory("uploads", &name).as_attachment(true).await
/// }
///
/// let mut app = App::new("docs");
/// app.route("/uploads/<path:name>", download);
/// assert_eq!(app.test_client().get("/uploads/../secret").send().status(), 404);
/// ```
///
/// # Errors
/// When awaited: 404 when there is no such file or the path leads out of the folder, and otherwise as
/// [`send_file`].
pub fn send_from_directory(directory: impl AsRef<Path>, path: &str) -> SendFile {
    let source = safe_join(directory, [path]).map_or(Source::Outside, Source::Path);
    SendFile::new(source, true)
}

/// A file on its way: what of [`send_file`] can be chosen. Awaiting it gives the response.
///
/// *Flask:* the arguments of `flask.send_file`.
#[must_use = "a file is sent when this is awaited and the response returned"]
pub struct SendFile {
    source: Source,
    /// A file that is not there is the client's mistake.
    from_client: bool,
    mimetype: Option<String>,
    as_attachment: bool,
    download_name: Option<String>,
    conditional: bool,
    etag: Etag,
    last_modified: Option<SystemTime>,
    max_age: Option<MaxAgeFunction>,
    precompressed: bool,
}

enum Etag {
    /// Made of path, length and time of change.
    Automatic,
    Given(String),
    Off,
}

impl SendFile {
    fn new(source: Source, from_client: bool) -> Self {
        Self {
            source,
            from_client,
            mimetype: None,
            as_attachment: false,
            download_name: None,
            conditional: true,
            etag: Etag::Automatic,
            last_modified: None,
            max_age: None,
            precompressed: false,
        }
    }

    /// Sets the media type; without, the extension of the name tells it.
    pub fn mimetype(mut self, mimetype: impl Into<String>) -> Self {
        self.mimetype = Some(mimetype.into());
        self
    }

    /// Sets whether browsers shall save the file rather than show it.
    pub fn as_attachment(mut self, as_attachment: bool) -> Self {
        self.as_attachment = as_attachment;
        self
    }

    /// Sets the name that the file is saved under; without, it is that of the path.
    pub fn download_name(mut self, name: impl Into<String>) -> Self {
        self.download_name = Some(name.into());
        self
    }

    /// Sets whether conditional requests and ranges are answered, which they are unless told otherwise.
    pub fn conditional(mut self, conditional: bool) -> Self {
        self.conditional = conditional;
        self
    }

    /// Sets the entity tag, in place of the one that is made of a path, the length and the time of change.
    ///
    /// *Flask:* `etag="…"`.
    pub fn etag(mut self, etag: impl Into<String>) -> Self {
        self.etag = Etag::Given(etag.into());
        self
    }

    /// Sends no entity tag.
    ///
    /// *Flask:* `etag=False`.
    pub fn without_etag(mut self) -> Self {
        self.etag = Etag::Off;
        self
    }

    /// Sets the time of the last change; without, it is that of the file at the path.
    pub fn last_modified(mut self, time: SystemTime) -> Self {
        self.last_modified = Some(time);
        self
    }

    /// Sets for how many seconds the file may be cached, in place of what the app says.
    pub fn max_age(self, seconds: i64) -> Self {
        self.max_age_by(move |_| Some(seconds))
    }

    /// Tells by the file's path for how many seconds the file may be cached; none: not without asking again.
    ///
    /// *Werkzeug:* a function as `max_age`.
    pub fn max_age_by(
        mut self,
        function: impl Fn(Option<&Path>) -> Option<i64> + Send + Sync + 'static,
    ) -> Self {
        self.max_age = Some(Arc::new(function));
        self
    }

    pub(crate) fn max_age_function(mut self, function: Option<MaxAgeFunction>) -> Self {
        self.max_age = function;
        self
    }

    /// Sets whether a compressed twin of the file, `app.js.br` or `app.js.gz` beside `app.js`, is sent to
    /// clients that accept it.
    ///
    /// The twins are the app's to make and to keep; caches are told with `Vary: Accept-Encoding`.
    ///
    /// *Beyond Flask:* a web server in front does it for Flask.
    pub fn precompressed(mut self, precompressed: bool) -> Self {
        self.precompressed = precompressed;
        self
    }
}

impl IntoFuture for SendFile {
    type Output = Result<Response>;
    type IntoFuture = BoxFuture<'static, Result<Response>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let request = try_request()?;
            self.answer(&request).await
        })
    }
}

impl fmt::Debug for SendFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendFile")
            .field("source", &self.source)
            .field("mimetype", &self.mimetype)
            .field("as_attachment", &self.as_attachment)
            .field("download_name", &self.download_name)
            .finish_non_exhaustive()
    }
}

/// What a file is called when nobody says otherwise.
fn file_name(path: Option<&PathBuf>) -> Option<String> {
    Some(path?.file_name()?.to_string_lossy().into_owned())
}
