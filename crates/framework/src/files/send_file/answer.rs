//! The answer that a file is sent with: its headers, and what of it the client asks for.
//! Werkzeug: `send_file`.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH,
    CONTENT_TYPE, ETAG, EXPIRES, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RANGE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tokio::task::spawn_blocking;

use crate::embed::{Embedded, Lookup};
use crate::error::{Error, HttpError, Result};
use crate::files::send_file::opened::{Content, Opened, Wanted};
use crate::files::send_file::source::Source;
use crate::files::send_file::{Etag, SendFile, file_name};
use crate::files::{content_disposition, guess_media_type};
use crate::headers::accept::EncodingAccept;
use crate::headers::conditional::{BodyLength, BodyPart, make_conditional};
use crate::headers::content_type::get_content_type;
use crate::headers::date::http_date;
use crate::headers::etag::quote_etag;
use crate::headers::python_text::float_repr;
use crate::request::Request;
use crate::response::Response;

const X_SENDFILE: HeaderName = HeaderName::from_static("x-sendfile");

/// The compressions of twins, the one that is better first.
const TWINS: [(&str, &str); 2] = [(".br", "br"), (".gz", "gzip")];

impl SendFile {
    pub(super) async fn answer(mut self, request: &Request) -> Result<Response> {
        let source = std::mem::replace(&mut self.source, Source::Outside);
        let path = match &source {
            Source::Path(path) => Some(request.app().root_path().join(path)),
            _ => None,
        };
        let name = self
            .download_name
            .take()
            .or_else(|| file_name(path.as_ref()));
        let is_plain = |name: &str| guess_media_type(name).encoding.is_none();
        let twins = self.precompressed && path.is_some() && name.as_deref().is_some_and(is_plain);
        let wanted = path.clone().map(|path| Wanted {
            path,
            twins: match twins {
                true => wanted_twins(request),
                false => Vec::new(),
            },
            in_front: request.app().config().use_x_sendfile,
            at_once: is_unconditional(request),
        });
        let embedded = request.app().embedded();
        let opened = open(source, wanted, embedded, self.from_client).await?;
        let mut response = Response::empty(StatusCode::OK);
        self.name_it(name.as_deref(), response.headers_mut())?;
        if twins {
            response.add_vary(ACCEPT_ENCODING);
        }
        if let Some(encoding) = opened.encoding {
            set(response.headers_mut(), CONTENT_ENCODING, encoding)?;
        }
        self.describe(&opened, path.as_deref(), request, response.headers_mut())?;
        self.finish(opened, request, response)
    }

    /// Sets media type and name.
    fn name_it(&self, name: Option<&str>, headers: &mut HeaderMap) -> Result<()> {
        let mimetype = match (&self.mimetype, name) {
            (Some(mimetype), _) => mimetype,
            (None, None) => {
                return Err(Error::msg(
                    "a file without a name has no media type: send a path, or set `download_name` or `mimetype`",
                ));
            }
            (None, Some(name)) => {
                let guess = guess_media_type(name);
                // Browsers would save an attachment decompressed, though under the same name.
                if let Some(encoding) = guess.encoding.filter(|_| !self.as_attachment) {
                    set(headers, CONTENT_ENCODING, encoding)?;
                }
                guess.mimetype.unwrap_or("application/octet-stream")
            }
        };
        set(headers, CONTENT_TYPE, &get_content_type(mimetype, "utf-8"))?;
        match name {
            Some(name) => {
                let disposition = content_disposition(name, self.as_attachment);
                set(headers, CONTENT_DISPOSITION, &disposition)?;
            }
            None if self.as_attachment => {
                return Err(Error::msg(
                    "an attachment needs a name: send a path, or set `download_name`",
                ));
            }
            None => {}
        }
        Ok(())
    }

    /// Sets the headers that tell of the state of the file.
    fn describe(
        &self,
        opened: &Opened,
        path: Option<&Path>,
        request: &Request,
        headers: &mut HeaderMap,
    ) -> Result<()> {
        if let Some(modified) = self.last_modified.or(opened.modified) {
            set(headers, LAST_MODIFIED, &http_date(modified))?;
        }
        let max_age = match &self.max_age {
            Some(function) => function(path),
            None => request.app().get_send_file_max_age(path),
        };
        set_max_age(headers, max_age)?;
        let mut etag = match (&self.etag, path) {
            (Etag::Given(etag), _) => etag.clone(),
            (Etag::Automatic, Some(path)) => automatic_etag(opened, path),
            _ => return Ok(()),
        };
        // A twin is another representation, though it may be as long and as old.
        if let Some(encoding) = opened.encoding {
            etag.push('-');
            etag.push_str(encoding);
        }
        set(headers, ETAG, &quote_etag(&etag, false)?)
    }

    /// Answers the conditions of the request, and sets the body.
    fn finish(self, opened: Opened, request: &Request, mut response: Response) -> Result<Response> {
        let in_front = matches!(opened.content, Content::InFront(_));
        // The server in front knows ranges and lengths; here there is no body to promise a length of.
        let length = opened.length.filter(|_| !in_front);
        let mut part = BodyPart::Whole;
        if self.conditional {
            let mut status = response.status();
            part = make_conditional(
                (request.method(), request.headers()),
                &mut status,
                response.headers_mut(),
                (!in_front).then_some("bytes"),
                BodyLength {
                    complete: length,
                    actual: length,
                },
            )?;
            response.set_status_code(status);
        } else if let Some(length) = length {
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
        }
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        if let Content::InFront(path) = &opened.content {
            let path = HeaderValue::from_bytes(path.as_os_str().as_encoded_bytes())?;
            response.headers_mut().insert(X_SENDFILE, path);
        }
        // A length that is not known yet is not told in answers to HEAD either.
        if request.method() != Method::HEAD || length.is_none() {
            response.put_body(opened.content.body(part, length)?);
        }
        Ok(response)
    }
}

/// Opens what is sent, of which a path is `wanted` in some way.
async fn open(
    source: Source,
    wanted: Option<Wanted>,
    embedded: &Embedded,
    from_client: bool,
) -> Result<Opened> {
    match (source, wanted) {
        (Source::Path(_), Some(wanted)) => {
            let opened = match embedded.find(&wanted.path) {
                Lookup::OnDisk => spawn_blocking(|| wanted.open()).await??,
                Lookup::Missing => Err(io::ErrorKind::NotFound.into()),
                Lookup::Embedded(file) => Ok(wanted.of_program(file, embedded)),
            };
            match opened {
                Err(_) if from_client => Err(HttpError::not_found().into()),
                opened => Ok(opened?),
            }
        }
        (Source::File(file), _) => Ok(spawn_blocking(|| Opened::of_file(file)).await??),
        (Source::Bytes(bytes), _) => {
            let length = bytes.len() as u64;
            Ok(Opened::of_content(Content::Bytes(bytes), Some(length)))
        }
        (Source::Reader(reader), _) => Ok(Opened::of_content(Content::Reader(reader), None)),
        (Source::Path(_) | Source::Outside, _) => Err(HttpError::not_found().into()),
    }
}

/// Whether the request is for all of the file, whatever state it is in.
fn is_unconditional(request: &Request) -> bool {
    let conditions = [RANGE, IF_NONE_MATCH, IF_MODIFIED_SINCE];
    let headers = request.headers();
    request.method() != Method::HEAD && !conditions.iter().any(|name| headers.contains_key(name))
}

/// The twins that the client likes at least as much as the file itself, the best first.
fn wanted_twins(request: &Request) -> Vec<(&'static str, &'static str)> {
    let accept = EncodingAccept::from_header(request.header(ACCEPT_ENCODING.as_str()).as_deref());
    let plain = accept.quality("identity");
    let quality = |twin: &(&str, &str)| accept.quality(twin.1);
    let mut twins = TWINS.to_vec();
    twins.retain(|twin| quality(twin) > 0.0 && quality(twin) >= plain);
    twins.sort_by(|one, other| quality(other).total_cmp(&quality(one)));
    twins
}

/// Makes the tag that Werkzeug would make: of the time of change, the length and the path.
fn automatic_etag(opened: &Opened, path: &Path) -> String {
    let seconds = opened.modified.map_or(0.0, |modified| {
        let (sign, age) = match modified.duration_since(UNIX_EPOCH) {
            Ok(age) => (1.0, age),
            Err(before) => (-1.0, before.duration()),
        };
        sign * (age.as_secs() as f64 + 1e-9 * f64::from(age.subsec_nanos()))
    });
    let length = opened.length.unwrap_or_default();
    let check = adler32(path.as_os_str().as_encoded_bytes());
    format!("{}-{length}-{check}", float_repr(seconds))
}

fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
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
