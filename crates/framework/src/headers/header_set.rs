//! Headers that are sets of names, as `Vary` and `Allow`. Werkzeug: `HeaderSet`.

use std::collections::HashSet;
use std::fmt;

use http::{HeaderMap, HeaderName};

use crate::headers::edited::{self, Edited, editable};
use crate::headers::lists::{dump_list_header, parse_list_header};

/// An ordered set of names that are the same in any case.
///
/// *Werkzeug:* `HeaderSet`.
///
/// ```
/// use carafe::headers::header_set::HeaderSet;
///
/// let mut vary = HeaderSet::from_header("Cookie, Accept");
/// vary.add("accept");
/// assert_eq!(vary.to_string(), "Cookie, Accept");
/// assert!(vary.contains("COOKIE"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct HeaderSet {
    items: Vec<String>,
    lowered: HashSet<String>,
    changed: bool,
}

impl HeaderSet {
    /// Makes an empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a header.
    pub fn from_header(header: &str) -> Self {
        let items = parse_list_header(header);
        let lowered = items.iter().map(|item| item.to_lowercase()).collect();
        Self {
            items,
            lowered,
            changed: false,
        }
    }

    /// Adds a name unless it is there already.
    pub fn add(&mut self, name: &str) {
        if self.lowered.insert(name.to_lowercase()) {
            self.items.push(name.to_owned());
            self.changed = true;
        }
    }

    /// Adds names that are not there already.
    pub fn update<N: AsRef<str>>(&mut self, names: impl IntoIterator<Item = N>) {
        for name in names {
            self.add(name.as_ref());
        }
    }

    /// Removes a name, and tells whether it was there.
    ///
    /// *Werkzeug:* `HeaderSet.remove`, and `HeaderSet.discard` when the result is ignored.
    pub fn remove(&mut self, name: &str) -> bool {
        let found = self.lowered.remove(&name.to_lowercase());
        if found {
            self.changed = true;
            if let Some(index) = self.find(name) {
                self.items.remove(index);
            }
        }
        found
    }

    /// Removes all names.
    pub fn clear(&mut self) {
        self.items.clear();
        self.lowered.clear();
        self.changed = true;
    }

    /// Returns the place of a name.
    pub fn find(&self, name: &str) -> Option<usize> {
        let name = name.to_lowercase();
        self.items
            .iter()
            .position(|item| item.to_lowercase() == name)
    }

    /// Tells whether a name is there.
    pub fn contains(&self, name: &str) -> bool {
        self.lowered.contains(&name.to_lowercase())
    }

    /// Iterates over the names as they were written.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(String::as_str)
    }

    /// Returns how many different names there are.
    pub fn len(&self) -> usize {
        self.lowered.len()
    }

    /// Tells whether there are no names.
    pub fn is_empty(&self) -> bool {
        self.lowered.is_empty()
    }
}

impl fmt::Display for HeaderSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dump_list_header(&self.items))
    }
}

/// Changes a header as a set: it is written back when a change was made, and removed when nothing is left.
///
/// *Werkzeug:* `Response.vary`, `Response.allow`, `Response.content_language`.
///
/// ```
/// use carafe::headers::header_set;
/// use http::{HeaderMap, header::VARY};
///
/// let mut headers = HeaderMap::new();
/// header_set::change(&mut headers, VARY, |vary| vary.add("Cookie"));
/// assert_eq!(headers[VARY], "Cookie");
/// ```
pub fn change<R>(
    headers: &mut HeaderMap,
    name: HeaderName,
    edit: impl FnOnce(&mut HeaderSet) -> R,
) -> R {
    edit(&mut Edited::new(headers, name))
}

/// Reads a header as a set; empty when there is no such header.
pub fn read(headers: &HeaderMap, name: &HeaderName) -> HeaderSet {
    edited::read(headers, name)
}

editable!(HeaderSet);
