//! Forms in request bodies: fields and files. Werkzeug: `werkzeug.formparser`.

mod file_storage; // an uploaded file
pub mod multipart; // the parts of a body, one by one
mod spool; // memory that turns into a file when it grows
mod memory; // how much of it all uploads take
mod chunks; // bytes in memory
mod disk_file; // bytes on disk

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};

use bytes::Bytes;

pub use file_storage::{FileReader, FileStorage};
pub(crate) use memory::UploadMemory;

use crate::error::http_error::HttpError;
use crate::headers::content_type::parse_content_type;
use crate::headers::options::{Charset, parse_options_header};
use crate::multi_dict::MultiDict;
use crate::uri::query::parse_query;

use multipart::{DecodeError, Event, MultipartDecoder, PartHead};
use spool::Spool;

/// How much a form may hold; `None` is no limit.
///
/// *Flask:* `MAX_CONTENT_LENGTH`, `MAX_FORM_MEMORY_SIZE` and `MAX_FORM_PARTS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormLimits {
    /// The most bytes that a body may have.
    pub max_content_length: Option<u64>,
    /// The most bytes that a field which is no file may have, and a whole urlencoded form.
    pub max_form_memory_size: Option<u64>,
    /// The most fields and files that a multipart form may have.
    pub max_form_parts: Option<u64>,
}

/// Flask's limits: 500,000 bytes a field, 1000 parts, and no limit of the body.
impl Default for FormLimits {
    fn default() -> Self {
        Self {
            max_content_length: None,
            max_form_memory_size: Some(500_000),
            max_form_parts: Some(1000),
        }
    }
}

/// The fields and files of a form.
#[derive(Debug, Default)]
pub struct FormData {
    /// The fields. *Flask:* `request.form`.
    pub form: MultiDict<String>,
    /// The files. *Flask:* `request.files`.
    pub files: MultiDict<FileStorage>,
}

/// Reads a form as its content type says; a body of any other type is not read and gives nothing.
///
/// `next_chunk` polls for the next piece of the body. A body that is malformed gives no fields and no
/// files. A form's files are kept in memory until they have more than 1 MiB together; then those of more than
/// 64 KiB are written to the system's folder for temporary files as they arrive.
///
/// *Werkzeug:* `FormDataParser.parse`.
///
/// # Errors
///
/// Fails with a 413 when a limit is exceeded, with a 500 when a file cannot be written, and with what
/// the body fails with.
///
/// # Cancel safety
///
/// Dropping the future removes what was written.
pub async fn parse_form<E: From<HttpError>>(
    content_type: &str,
    content_length: Option<u64>,
    limits: FormLimits,
    next_chunk: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<Bytes, E>>>,
) -> Result<FormData, E> {
    let memory = UploadMemory::of_a_form();
    let bounds = FormBounds { limits, memory };
    parse_form_within(&bounds, content_type, content_length, next_chunk).await
}

/// How much a form may hold, and the memory that it shares with others.
pub(crate) struct FormBounds {
    pub(crate) limits: FormLimits,
    pub(crate) memory: UploadMemory,
}

/// Reads a form as [`parse_form`] does.
pub(crate) async fn parse_form_within<E: From<HttpError>>(
    bounds: &FormBounds,
    content_type: &str,
    content_length: Option<u64>,
    next_chunk: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<Bytes, E>>>,
) -> Result<FormData, E> {
    let limits = bounds.limits;
    if let (Some(length), Some(limit)) = (content_length, limits.max_content_length)
        && length > limit
    {
        return Err(too_large().into());
    }
    let (mimetype, options) = parse_content_type(content_type);
    let body = Body {
        next_chunk,
        read: 0,
        limit: chunked_limit(content_length, limits),
    };
    match mimetype.as_str() {
        "application/x-www-form-urlencoded" => {
            parse_urlencoded(body, content_length, limits.max_form_memory_size).await
        }
        "multipart/form-data" => {
            let boundary = options
                .get("boundary")
                .filter(|boundary| boundary.is_ascii());
            match boundary.filter(|boundary| !boundary.is_empty()) {
                Some(boundary) => {
                    // Boxed: whoever waits for a urlencoded form would otherwise carry this parser's 2 KiB too.
                    Box::pin(parse_multipart(body, boundary.as_bytes(), bounds)).await
                }
                None => Ok(FormData::default()),
            }
        }
        _ => Ok(FormData::default()),
    }
}

/// Returns the limit that is to be watched while reading: that of a body of unknown length.
fn chunked_limit(content_length: Option<u64>, limits: FormLimits) -> Option<u64> {
    limits
        .max_content_length
        .filter(|_| content_length.is_none())
}

fn too_large() -> HttpError {
    HttpError::request_entity_too_large()
}

/// A body as it arrives, with what may be read of it.
struct Body<F> {
    next_chunk: F,
    read: u64,
    limit: Option<u64>,
}

impl<E, F: FnMut(&mut Context<'_>) -> Poll<Option<Result<Bytes, E>>>> Body<F> {
    /// Returns the next chunk, cut off where the limit is.
    async fn next(&mut self) -> Result<Option<Bytes>, E> {
        let Some(mut chunk) = poll_fn(|cx| (self.next_chunk)(cx)).await.transpose()? else {
            return Ok(None);
        };
        if let Some(limit) = self.limit {
            let left = usize::try_from(limit.saturating_sub(self.read)).unwrap_or(usize::MAX);
            chunk.truncate(left);
        }
        self.read = self
            .read
            .saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        Ok(Some(chunk))
    }

    fn is_at_limit(&self) -> bool {
        self.limit.is_some_and(|limit| self.read >= limit)
    }
}

/// Reads names and values in one piece, as they have to fit into memory anyway.
///
/// A body of unknown length is cut off at `MAX_CONTENT_LENGTH` without an error, which is what Werkzeug
/// does; only where nothing at all may be read it is a 413.
async fn parse_urlencoded<E: From<HttpError>>(
    mut body: Body<impl FnMut(&mut Context<'_>) -> Poll<Option<Result<Bytes, E>>>>,
    content_length: Option<u64>,
    max_memory: Option<u64>,
) -> Result<FormData, E> {
    let exceeds = |length: u64| max_memory.is_some_and(|limit| length > limit);
    if content_length.is_some_and(exceeds) || body.is_at_limit() {
        return Err(too_large().into());
    }
    let mut text = Vec::new();
    while !body.is_at_limit()
        && let Some(chunk) = body.next().await?
    {
        if exceeds(body.read) {
            return Err(too_large().into());
        }
        text.extend_from_slice(&chunk);
    }
    // Raw bytes have to be UTF-8; only encoded ones may be anything.
    let form = if std::str::from_utf8(&text).is_ok() {
        parse_query(&text)
    } else {
        MultiDict::new()
    };
    Ok(FormData {
        form,
        files: MultiDict::new(),
    })
}

/// Reads fields and files part by part. A body of unknown length has to end before the limit.
async fn parse_multipart<E: From<HttpError>>(
    mut body: Body<impl FnMut(&mut Context<'_>) -> Poll<Option<Result<Bytes, E>>>>,
    boundary: &[u8],
    bounds: &FormBounds,
) -> Result<FormData, E> {
    let limits = bounds.limits;
    let mut decoder =
        MultipartDecoder::new(boundary, limits.max_form_memory_size, limits.max_form_parts);
    let mut parts = Parts::new(bounds);
    loop {
        if body.is_at_limit() {
            return Err(too_large().into());
        }
        let chunk = body.next().await?;
        let is_complete = chunk.is_none();
        match chunk {
            Some(chunk) => decoder.receive(chunk),
            None => decoder.finish(),
        }
        loop {
            match decoder.next_event() {
                Ok(Event::Part(head)) => parts.start(head),
                Ok(Event::Data { bytes, is_last }) => parts.receive(bytes, is_last).await?,
                Ok(Event::End) if is_complete => return Ok(parts.data),
                // What follows the form is read too, up to the limit, so that the connection stays usable.
                Ok(Event::NeedData | Event::End) => break,
                Err(DecodeError::Malformed) => return Ok(FormData::default()),
                Err(DecodeError::TooLarge) => return Err(too_large().into()),
            }
        }
    }
}

/// The fields and files so far, and the one that is being read.
struct Parts<'a> {
    data: FormData,
    current: Option<(PartHead, Content)>,
    bounds: &'a FormBounds,
}

/// Where the bytes of a part go.
enum Content {
    Field(Vec<u8>),
    File(Spool),
}

impl<'a> Parts<'a> {
    fn new(bounds: &'a FormBounds) -> Self {
        Self {
            data: FormData::default(),
            current: None,
            bounds,
        }
    }

    fn start(&mut self, head: PartHead) {
        let content = match head.filename {
            Some(_) => Content::File(Spool::new(&self.bounds.memory)),
            None => Content::Field(Vec::new()),
        };
        self.current = Some((head, content));
    }

    async fn receive(&mut self, bytes: Bytes, is_last: bool) -> Result<(), HttpError> {
        match &mut self.current {
            Some((_, Content::File(spool))) => spool.write(bytes).await.map_err(not_written)?,
            Some((_, Content::Field(field))) => {
                field.extend_from_slice(&bytes);
                let length = u64::try_from(field.len()).unwrap_or(u64::MAX);
                if self
                    .bounds
                    .limits
                    .max_form_memory_size
                    .is_some_and(|limit| length > limit)
                {
                    return Err(too_large());
                }
            }
            None => {}
        }
        if is_last && let Some((head, content)) = self.current.take() {
            self.end(head, content).await?;
        }
        Ok(())
    }

    async fn end(&mut self, head: PartHead, content: Content) -> Result<(), HttpError> {
        match content {
            Content::Field(field) => {
                let value = charset_of(&head).decode(&field);
                match head.name {
                    Some(name) => self.data.form.add(name, value),
                    None => self.data.form.add_nameless(value),
                }
            }
            Content::File(spool) => {
                let stored = spool.finish().await.map_err(not_written)?;
                let key = head.name.clone();
                let file = FileStorage::new(head, stored);
                match key {
                    Some(key) => self.data.files.add(key, file),
                    None => self.data.files.add_nameless(file),
                }
            }
        }
        Ok(())
    }
}

fn not_written(error: io::Error) -> HttpError {
    HttpError::internal_server_error().with_source(error)
}

/// Returns the charset that a part names, if it is one of those that are decoded.
fn charset_of(head: &PartHead) -> Charset {
    let content_type = head.header("content-type").map(parse_options_header);
    content_type
        .and_then(|(_, params)| Charset::from_name(params.get("charset")?))
        .unwrap_or(Charset::Utf8)
}

#[cfg(test)]
mod tests;
