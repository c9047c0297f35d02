//! Files that are sent as they are, from the static folders of the app and its blueprints.
//! Flask: `Flask.send_static_file`, `flask.send_from_directory`.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::{Stream, stream};
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, ETAG, EXPIRES, LAST_MODIFIED,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tokio::task::spawn_blocking;

use crate::app::ReadyApp;
use crate::context::try_request;
use crate::embed::{EmbeddedFile, Lookup};
use crate::error::{Error, HttpError, Result};
use crate::files::{content_disposition, guess_media_type, safe_join};
use crate::headers::conditional::{BodyLength, BodyPart, make_conditional};
use crate::headers::content_type::get_content_type;
use crate::headers::date::http_date;
use crate::request::Request;
use crate::response::{Body, Response};
use crate::view::{IntoView, ViewFunction};

/// A file up to this length is read along with its metadata, in one visit to the disk.
const SMALL: u64 = 64 * 1024;
/// How much of a larger file is read at a time.
const CHUNK: u64 = 256 * 1024;

/// Answers with a file of a folder, by a path that a client has sent.
///
/// The answer has the media type of the file's extension, a length, an entity tag and the time of the last
/// change; conditional requests and ranges are answered. It may be cached for `SEND_FILE_MAX_AGE_DEFAULT`, and
/// without that only after asking again. A relative folder is below the app's root.
///
/// *Flask:* `flask.send_from_directory`.
///
/// ```
/// use carafe::{App, Scaffold, send_from_directory};
///
/// async fn download(name: String) -> carafe::Result {
///     send_from_directory("uploads", &name).await
/// }
///
/// let mut app = App::new("docs");
/// app.route("/uploads/<path:name>", download);
/// assert_eq!(app.test_client().get("/uploads/../secret").send().status(), 404);
/// ```
///
/// # Errors
/// 404 when there is no such file or the path leads out of the folder, 416 when a range of it is asked for
/// that it does not have, and the system's error when it cannot be read. Outside of a request.
pub async fn send_from_directory(directory: impl AsRef<Path>, path: &str) -> Result<Response> {
    let request = try_request()?;
    let directory = request.app().root_path().join(directory);
    let path = safe_join(directory, [path]).ok_or_else(HttpError::not_found)?;
    let found = match request.app().embedded().find(&path) {
        Lookup::OnDisk => spawn_blocking(|| Found::open(path)).await??,
        Lookup::Missing => None,
        Lookup::Embedded(file) => Some(Found::embedded(path, file)),
    };
    let found = found.ok_or_else(HttpError::not_found)?;
    found.answer(&request)
}

/// Makes the view of an endpoint `static`.
pub(crate) fn static_view(directory: PathBuf) -> ViewFunction {
    let view = move |filename: String| {
        let directory = directory.clone();
        async move { send_from_directory(directory, &filename).await }
    };
    view.into_view()
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
    pub async fn send_static_file(&self, filename: &str) -> Result<Response> {
        match self.static_folder() {
            Some(folder) => send_from_directory(folder, filename).await,
            None => Err(Error::msg(
                "the app has no static folder to send files from",
            )),
        }
    }

    /// How long a file may be cached.
    ///
    /// *Flask:* `Flask.get_send_file_max_age`.
    fn send_file_max_age(&self) -> Option<i64> {
        let age = self.config().send_file_max_age_default?;
        Some(age.as_seconds_f64() as i64)
    }
}

/// A file that is there.
struct Found {
    path: PathBuf,
    length: u64,
    modified: SystemTime,
    content: Content,
}

/// Where the bytes of a file are.
enum Content {
    /// In memory: it is small, or embedded in the program.
    Read(Bytes),
    Opened(File),
}

impl Found {
    fn embedded(path: PathBuf, file: EmbeddedFile) -> Self {
        let content = file.content();
        Self {
            path,
            length: content.len() as u64,
            modified: file.modified(),
            content: Content::Read(content),
        }
    }

    /// Opens a file; none when there is no file of that name. It blocks.
    fn open(path: PathBuf) -> io::Result<Option<Self>> {
        // Asked before opening: opening a named pipe would wait for somebody to write to it.
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => {}
            _ => return Ok(None),
        }
        let mut file = File::open(&path)?;
        let metadata = file.metadata()?;
        let mut length = metadata.len();
        let content = if length <= SMALL {
            let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
            file.read_to_end(&mut bytes)?;
            length = bytes.len() as u64;
            Content::Read(bytes.into())
        } else {
            Content::Opened(file)
        };
        Ok(Some(Self {
            modified: metadata.modified()?,
            path,
            length,
            content,
        }))
    }

    fn answer(self, request: &Request) -> Result<Response> {
        let mut headers = HeaderMap::with_capacity(10);
        self.describe(&mut headers)?;
        set_max_age(&mut headers, request.app().send_file_max_age())?;
        let mut response = Response::empty(StatusCode::OK);
        *response.headers_mut() = headers;
        let mut status = response.status();
        let length = BodyLength {
            complete: Some(self.length),
            actual: Some(self.length),
        };
        let part = make_conditional(
            (request.method(), request.headers()),
            &mut status,
            response.headers_mut(),
            Some("bytes"),
            length,
        )?;
        response.set_status_code(status);
        if request.method() != Method::HEAD && status != StatusCode::NOT_MODIFIED {
            response.put_body(self.body(part)?);
        }
        Ok(response)
    }

    /// Sets the headers that tell of the file itself.
    fn describe(&self, headers: &mut HeaderMap) -> Result<()> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let guess = guess_media_type(&name);
        let mimetype = guess.mimetype.unwrap_or("application/octet-stream");
        set(
            headers,
            http::header::CONTENT_TYPE,
            &get_content_type(mimetype, "utf-8"),
        )?;
        if let Some(encoding) = guess.encoding {
            set(headers, CONTENT_ENCODING, encoding)?;
        }
        set(
            headers,
            CONTENT_DISPOSITION,
            &content_disposition(&name, false),
        )?;
        set(headers, LAST_MODIFIED, &http_date(self.modified))?;
        let age = self.modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        set(
            headers,
            ETAG,
            &format!("\"{:x}-{:x}\"", age.as_nanos(), self.length),
        )
    }

    fn body(self, part: BodyPart) -> Result<Body> {
        let (start, stop) = match part {
            BodyPart::Whole => (0, self.length),
            BodyPart::Range(start, stop) => (start, stop),
        };
        match self.content {
            Content::Read(content) => {
                let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(content.len());
                Ok(content.slice(place(start)..place(stop)).into())
            }
            Content::Opened(mut file) => {
                // Setting the place does not touch the disk.
                file.seek(SeekFrom::Start(start))?;
                Ok(Body::stream(chunks(file, stop.saturating_sub(start))))
            }
        }
    }
}

/// Reads a file piece by piece, off the event loop.
fn chunks(file: File, length: u64) -> impl Stream<Item = Result<Bytes>> + Send {
    stream::try_unfold((file, length), |(file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let (chunk, file) = spawn_blocking(move || read_chunk(file, left)).await??;
        let left = left - chunk.len() as u64;
        Ok(Some((chunk, (file, left))))
    })
}

/// Reads the next piece. It blocks.
fn read_chunk(mut file: File, left: u64) -> io::Result<(Bytes, File)> {
    let length = left.min(CHUNK);
    let mut chunk = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.by_ref().take(length).read_to_end(&mut chunk)?;
    if chunk.is_empty() {
        // The length is on the wire already, so that only breaking off tells the truth.
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the file has become shorter while it was sent",
        ));
    }
    Ok((chunk.into(), file))
}

/// Says how long a file may be cached; without an age, that it may not be used without asking.
fn set_max_age(headers: &mut HeaderMap, max_age: Option<i64>) -> Result<()> {
    let Some(seconds) = max_age else {
        return set(headers, CACHE_CONTROL, "no-cache");
    };
    let policy = if seconds > 0 { "public" } else { "no-cache" };
    set(
        headers,
        CACHE_CONTROL,
        &format!("{policy}, max-age={seconds}"),
    )?;
    let age = Duration::from_secs(seconds.unsigned_abs());
    let now = SystemTime::now();
    let end = if seconds < 0 {
        now.checked_sub(age)
    } else {
        now.checked_add(age)
    };
    set(headers, EXPIRES, &http_date(end.unwrap_or(now)))
}

fn set(headers: &mut HeaderMap, name: HeaderName, text: &str) -> Result<()> {
    headers.insert(name, HeaderValue::from_str(text)?);
    Ok(())
}
