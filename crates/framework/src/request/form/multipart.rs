//! Takes multipart bodies apart as they arrive. Werkzeug: `werkzeug.sansio.multipart`.
//!
//! `multer` reads the strict form alone: lines that end in CR and LF, a name for each field, and an error
//! for the rest. Werkzeug takes any line end, and what it takes was recorded; so the parts are found here.

mod pieces; // what came and was not taken yet

use bytes::Bytes;
use memchr::memmem::Finder;

use crate::headers::options::parse_options_header;
use crate::headers::python_text::strip;

use pieces::Pieces;

/// The most bytes that the headers of a part may have where memory is not limited otherwise.
const MAX_HEADERS: usize = 1 << 20;
/// The most white space after a boundary that still counts as part of its line.
const MAX_PADDING: usize = 1 << 12;

/// What the decoder found.
#[derive(Debug)]
pub enum Event {
    /// Nothing more until there is more of the body.
    NeedData,
    /// The headers of a field or file.
    Part(PartHead),
    /// Content of the part, and whether it is the last of it.
    Data {
        /// The bytes.
        bytes: Bytes,
        /// Whether the part ends here.
        is_last: bool,
    },
    /// The end of the form. What follows in the body is no matter.
    End,
}

/// Why a body cannot be taken apart any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// The body is no form.
    Malformed,
    /// There are too many parts, or their headers are too long.
    TooLarge,
}

/// The headers of a field or file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartHead {
    /// The name of the field; malformed ones have none.
    pub name: Option<String>,
    /// The name of the file, which makes the part one.
    pub filename: Option<String>,
    /// All headers, as they were written.
    pub headers: Vec<(String, String)>,
}

impl PartHead {
    /// Returns the first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self
            .headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }

    /// Reads the lines before the content of a part.
    fn parse(lines: &[u8]) -> Option<Self> {
        let mut headers = Vec::new();
        for line in unfold(lines).split(|byte| matches!(byte, b'\r' | b'\n')) {
            let line = line.trim_ascii();
            if !line.is_empty() {
                let line = std::str::from_utf8(line).ok()?;
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                headers.push((strip(name).to_owned(), strip(value).to_owned()));
            }
        }
        let mut head = Self {
            name: None,
            filename: None,
            headers,
        };
        let (_, options) = parse_options_header(head.header("content-disposition")?);
        head.name = options.get("name").cloned();
        head.filename = options.get("filename").cloned();
        Some(head)
    }
}

/// Joins the lines of headers that go on after a line break and white space.
fn unfold(lines: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(lines.len());
    let mut rest = lines;
    loop {
        rest = match rest {
            [b'\r', b'\n', b' ' | b'\t', after @ ..]
            | [b'\r' | b'\n', b' ' | b'\t', after @ ..] => {
                joined.push(b' ');
                after
            }
            [byte, after @ ..] => {
                joined.push(*byte);
                after
            }
            [] => return joined,
        };
    }
}

/// Where the decoder is in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first boundary.
    Preamble,
    /// In the headers of a part, of which so much was searched.
    Headers { searched: usize },
    /// At the line break before the content.
    ContentStart,
    /// In the content; so many bytes of the buffer do not belong to it.
    Content { skip: usize },
    /// After the last boundary.
    End,
}

/// Finds the parts of a body that arrives in pieces.
///
/// The result does not depend on where the pieces begin and end.
///
/// *Werkzeug:* `MultipartDecoder`.
///
/// ```
/// use carafe::form::multipart::{Event, MultipartDecoder};
///
/// let mut decoder = MultipartDecoder::new(b"x", None, None);
/// decoder.receive("--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--".into());
/// decoder.finish();
/// assert!(matches!(decoder.next_event(), Ok(Event::Part(head)) if head.name.as_deref() == Some("a")));
/// assert!(matches!(decoder.next_event(), Ok(Event::Data { bytes, is_last: true }) if bytes == "b"));
/// assert!(matches!(decoder.next_event(), Ok(Event::End)));
/// ```
#[derive(Debug)]
pub struct MultipartDecoder {
    /// Finds two dashes and the boundary.
    finder: Finder<'static>,
    buffer: Pieces,
    state: State,
    is_complete: bool,
    max_headers: usize,
    parts_left: Option<u64>,
}

impl MultipartDecoder {
    /// Makes a decoder for a boundary; `max_memory` limits the headers of a part.
    pub fn new(boundary: &[u8], max_memory: Option<u64>, max_parts: Option<u64>) -> Self {
        let needle = [b"--", boundary].concat();
        Self {
            finder: Finder::new(&needle).into_owned(),
            buffer: Pieces::default(),
            state: State::Preamble,
            is_complete: false,
            max_headers: max_memory
                .and_then(|limit| usize::try_from(limit).ok())
                .map_or(MAX_HEADERS, |limit| limit.min(MAX_HEADERS)),
            parts_left: max_parts,
        }
    }

    /// Takes the next piece of the body; most of its content is handed on without a copy.
    pub fn receive(&mut self, piece: Bytes) {
        if self.state != State::End {
            self.buffer.add(piece);
        }
    }

    /// Takes note that the body has ended.
    pub fn finish(&mut self) {
        self.is_complete = true;
    }

    /// Returns what can be told of the body so far.
    ///
    /// # Errors
    ///
    /// Fails when the body is malformed, has too many parts, or a part has too long headers.
    pub fn next_event(&mut self) -> Result<Event, DecodeError> {
        loop {
            let event = match self.state {
                State::Preamble => self.skip_preamble(),
                State::Headers { searched } => self.read_headers(searched)?,
                State::ContentStart => self.start_content(),
                State::Content { skip } => self.read_content(skip),
                State::End => Some(Event::End),
            };
            match event {
                Some(Event::NeedData) if self.buffer.advance() => {}
                Some(Event::NeedData) if self.is_complete => return Err(DecodeError::Malformed),
                Some(event) => return Ok(event),
                None => {}
            }
        }
    }

    /// Looks for the first boundary; it need not be at the start of a line.
    fn skip_preamble(&mut self) -> Option<Event> {
        match self.find_boundary(|_| Some(0)) {
            Search::Found(boundary) => {
                self.pass(boundary);
                None
            }
            Search::NotYet { certain } => {
                let _ = self.buffer.split_to(certain);
                Some(Event::NeedData)
            }
        }
    }

    fn read_headers(&mut self, searched: usize) -> Result<Option<Event>, DecodeError> {
        // A blank line may have begun in what was searched already.
        let from = searched.saturating_sub(3);
        let Some((start, second_break)) = find_blank_line(&self.buffer, from) else {
            if self.buffer.len() > self.max_headers {
                return Err(DecodeError::TooLarge);
            }
            self.state = State::Headers {
                searched: self.buffer.len(),
            };
            return Ok(Some(Event::NeedData));
        };
        if start > self.max_headers {
            return Err(DecodeError::TooLarge);
        }
        let lines = self.buffer.split_to(second_break);
        let lines = lines.get(..start).unwrap_or_default();
        let head = PartHead::parse(lines).ok_or(DecodeError::Malformed)?;
        if let Some(left) = &mut self.parts_left {
            *left = left.checked_sub(1).ok_or(DecodeError::TooLarge)?;
        }
        self.state = State::ContentStart;
        Ok(Some(Event::Part(head)))
    }

    /// Notes how long the line break before the content is; it may be that of a boundary too.
    fn start_content(&mut self) -> Option<Event> {
        let skip = match *self.buffer {
            [b'\r', b'\n', ..] => 2,
            [b'\r'] | [] if !self.is_complete => return Some(Event::NeedData),
            _ => 1,
        };
        self.state = State::Content { skip };
        None
    }

    fn read_content(&mut self, skip: usize) -> Option<Event> {
        let search = self.find_boundary(line_break_before);
        let (content_end, boundary) = match search {
            Search::Found(boundary) => (boundary.start, Some(boundary)),
            Search::NotYet { certain } => (certain, None),
        };
        let is_last = boundary.is_some();
        let (bytes, passed) = if content_end > skip {
            let mut bytes = self.buffer.split_to(content_end);
            let _ = bytes.split_to(skip);
            (bytes, content_end)
        } else {
            (Bytes::new(), 0)
        };
        match boundary {
            Some(boundary) => self.pass(Boundary {
                end: boundary.end - passed,
                ..boundary
            }),
            None if bytes.is_empty() => return Some(Event::NeedData),
            None => self.state = State::Content { skip: 0 },
        }
        Some(Event::Data { bytes, is_last })
    }

    /// Goes on after a boundary.
    fn pass(&mut self, boundary: Boundary) {
        let _ = self.buffer.split_to(boundary.end.min(self.buffer.len()));
        self.state = if boundary.is_last {
            State::End
        } else {
            State::Headers { searched: 0 }
        };
    }

    /// Looks for a line with the boundary; `line_break` returns how long the line break before it is.
    fn find_boundary(&self, line_break: impl Fn(&[u8]) -> Option<usize>) -> Search {
        let needle = self.finder.needle().len();
        let mut from = 0;
        // Boundaries may overlap with themselves, so each search starts one byte after the last hit.
        while let Some(at) = self
            .buffer
            .get(from..)
            .and_then(|rest| self.finder.find(rest))
        {
            let at = from + at;
            from = at + 1;
            let (before, after) = self.buffer.split_at(at);
            let Some(start) = line_break(before).map(|length| at - length) else {
                continue;
            };
            match line_end(after.get(needle..).unwrap_or_default(), self.is_complete) {
                LineEnd::None => {}
                LineEnd::NotYet => return Search::NotYet { certain: start },
                LineEnd::At { length, is_last } => {
                    return Search::Found(Boundary {
                        start,
                        end: at + needle + length,
                        is_last,
                    });
                }
            }
        }
        // The last bytes may be the beginning of a line break and a boundary.
        Search::NotYet {
            certain: self.buffer.len().saturating_sub(needle + 1),
        }
    }
}

/// A boundary in the buffer: from the line break before it to the end of its line.
#[derive(Clone, Copy)]
struct Boundary {
    start: usize,
    end: usize,
    is_last: bool,
}

enum Search {
    Found(Boundary),
    /// There is none in the buffer, and none can begin in so many bytes of it.
    NotYet {
        certain: usize,
    },
}

/// What follows a boundary.
enum LineEnd {
    None,
    NotYet,
    At { length: usize, is_last: bool },
}

/// Returns the length of the line break at the end of what is before a boundary.
fn line_break_before(before: &[u8]) -> Option<usize> {
    match before {
        [.., b'\r', b'\n'] => Some(2),
        [.., b'\r' | b'\n'] => Some(1),
        _ => None,
    }
}

/// Tells how the line of a boundary ends: with two dashes, or with white space and a line break.
fn line_end(after: &[u8], is_complete: bool) -> LineEnd {
    if after.starts_with(b"--") {
        return LineEnd::At {
            length: 2,
            is_last: true,
        };
    }
    let padding = after
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | 0x0b | 0x0c))
        .count();
    match after.get(padding..).unwrap_or_default() {
        [b'\r', b'\n', ..] => LineEnd::At {
            length: padding + 2,
            is_last: false,
        },
        [b'\r'] | [] if !is_complete && padding <= MAX_PADDING => LineEnd::NotYet,
        [b'-'] if !is_complete && padding == 0 => LineEnd::NotYet,
        [b'\r' | b'\n', ..] => LineEnd::At {
            length: padding + 1,
            is_last: false,
        },
        _ => LineEnd::None,
    }
}

/// Returns where the first blank line starts, and where the second of its two line breaks does.
fn find_blank_line(text: &[u8], from: usize) -> Option<(usize, usize)> {
    let breaks = memchr::memchr2_iter(b'\r', b'\n', text.get(from..)?);
    breaks
        .map(|at| from + at)
        .find_map(|at| match text.get(at..)? {
            [b'\r', b'\n', b'\r', b'\n', ..] => Some((at, at + 2)),
            [b'\r', b'\r', ..] | [b'\n', b'\n', ..] => Some((at, at + 1)),
            _ => None,
        })
}

#[cfg(test)]
mod tests;
