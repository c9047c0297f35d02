//! The `Accept` header: media types. Werkzeug: `MIMEAccept`.

use std::fmt;

use crate::headers::accept::{Specificity, Values};
use crate::headers::python_text::is_space;

/// An `Accept` header.
///
/// *Werkzeug:* `MIMEAccept`.
///
/// ```
/// use carafe::headers::accept::MimeAccept;
///
/// let accept = MimeAccept::from_header(Some("text/html;q=0.5, application/*"));
/// assert_eq!(accept.best_match(["text/html", "application/json"])?, Some("application/json"));
/// assert!(accept.accept_html());
/// # Ok::<(), carafe::headers::accept::InvalidMimeType>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct MimeAccept {
    values: Values,
}

/// A media type that was asked about is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMimeType {
    value: String,
}

impl fmt::Display for InvalidMimeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid media type {:?}", self.value)
    }
}

impl std::error::Error for InvalidMimeType {}

impl MimeAccept {
    /// Reads a header, or what it means that there is none.
    pub fn from_header(header: Option<&str>) -> Self {
        Self {
            values: Values::from_header(header, specificity),
        }
    }

    /// Returns the offer that the client likes best, and of equally good ones the first.
    ///
    /// # Errors
    ///
    /// Fails when an offer is no media type.
    pub fn best_match<'a>(
        &self,
        offers: impl IntoIterator<Item = &'a str>,
    ) -> Result<Option<&'a str>, InvalidMimeType> {
        let offers: Vec<_> = offers.into_iter().collect();
        let index = self.values.best_match(&offers, matches, specificity)?;
        Ok(index.and_then(|index| offers.get(index).copied()))
    }

    /// Returns how much the client likes a media type, from 0 to 1; 0 for what it does not list.
    ///
    /// # Errors
    ///
    /// Fails when the value is no media type.
    pub fn quality(&self, value: &str) -> Result<f64, InvalidMimeType> {
        Ok(self
            .values
            .find(value, matches)?
            .map_or(0.0, |(_, quality)| quality))
    }

    /// Tells whether the client lists a media type, though it may be with quality 0.
    ///
    /// # Errors
    ///
    /// Fails when the value is no media type.
    pub fn contains(&self, value: &str) -> Result<bool, InvalidMimeType> {
        Ok(self.values.find(value, matches)?.is_some())
    }

    /// Tells whether the client accepts HTML.
    pub fn accept_html(&self) -> bool {
        self.lists("text/html") || self.accept_xhtml()
    }

    /// Tells whether the client accepts XHTML.
    pub fn accept_xhtml(&self) -> bool {
        self.lists("application/xhtml+xml") || self.lists("application/xml")
    }

    /// Tells whether the client accepts JSON.
    pub fn accept_json(&self) -> bool {
        self.lists("application/json")
    }

    fn lists(&self, value: &str) -> bool {
        self.contains(value).unwrap_or(false)
    }

    /// Returns the first media type of the list.
    pub fn best(&self) -> Option<&str> {
        self.iter().next().map(|(value, _)| value)
    }

    /// Tells whether there was a header at all.
    pub fn provided(&self) -> bool {
        self.values.provided
    }

    /// Iterates over media types and their qualities, the best first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.values.iter()
    }
}

impl fmt::Debug for MimeAccept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The header, written back.
impl fmt::Display for MimeAccept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values.fmt(f)
    }
}

fn specificity(value: &str) -> Specificity {
    split(value).iter().map(|part| *part != "*").collect()
}

/// Splits type, subtype and parameters; white space belongs to the semicolons.
fn split(value: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = Some(value);
    while let Some(text) = rest {
        let (part, after) = match text.find(['/', ';']) {
            Some(end) => text.split_at_checked(end).unwrap_or((text, "")),
            None => (text, ""),
        };
        let ends_with_semicolon = after.starts_with(';');
        parts.push(if ends_with_semicolon {
            part.trim_end_matches(is_space)
        } else {
            part
        });
        rest = after.strip_prefix('/').or_else(|| {
            after
                .strip_prefix(';')
                .map(|after| after.trim_start_matches(is_space))
        });
    }
    parts
}

/// Tells whether an offered media type is meant by one that the client listed.
fn matches(offered: &str, listed: &str) -> Result<bool, InvalidMimeType> {
    if !listed.contains('/') {
        return Ok(false);
    }
    let value = offered;
    let invalid = || InvalidMimeType {
        value: value.to_owned(),
    };
    if !offered.contains('/') {
        return Err(invalid());
    }
    let (offered, listed) = (offered.to_lowercase(), listed.to_lowercase());
    let (offered, listed) = (split(&offered), split(&listed));
    let [offered_type, offered_subtype, ref offered_params @ ..] = *offered else {
        return Err(invalid());
    };
    let [listed_type, listed_subtype, ref listed_params @ ..] = *listed else {
        return Ok(false);
    };
    if offered_type == "*" && offered_subtype != "*" {
        return Err(invalid());
    }
    if listed_type == "*" || offered_type == "*" {
        return Ok(listed_type != "*" || listed_subtype == "*");
    }
    if listed_type != offered_type {
        return Ok(false);
    }
    if listed_subtype == "*" || offered_subtype == "*" {
        return Ok(true);
    }
    let sorted = |params: &[&str]| {
        let mut params: Vec<_> = params.iter().map(|param| (*param).to_owned()).collect();
        params.sort_unstable();
        params
    };
    Ok(listed_subtype == offered_subtype && sorted(listed_params) == sorted(offered_params))
}
