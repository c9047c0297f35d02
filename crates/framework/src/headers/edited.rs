//! A header that is changed as the value it holds. Werkzeug: values with an `on_update` function.

use std::fmt;
use std::ops::{Deref, DerefMut};

use http::{HeaderMap, HeaderName};

use crate::headers::latin1;

/// A header's value that can be changed in place; only this crate's are.
pub trait Editable: fmt::Display + sealed::Edits {}

pub(crate) mod sealed {
    /// What writing a value back takes.
    pub trait Edits {
        /// Reads a header; without one, the value is empty.
        fn read(header: &str) -> Self;

        /// Tells whether the value is another one than was read.
        fn is_changed(&self) -> bool;

        /// Tells whether nothing is left to be sent.
        fn has_nothing(&self) -> bool;
    }
}

/// Makes a type editable which has `from_header`, `is_empty` and a field `changed`.
macro_rules! editable {
    ($type:ty) => {
        impl $crate::headers::edited::Editable for $type {}

        impl $crate::headers::edited::sealed::Edits for $type {
            fn read(header: &str) -> Self {
                Self::from_header(header)
            }

            fn is_changed(&self) -> bool {
                self.changed
            }

            fn has_nothing(&self) -> bool {
                self.is_empty()
            }
        }
    };
}

pub(crate) use editable;

/// A header on loan as the value it holds.
///
/// Changes are written back when it is dropped. The header is removed when nothing is left of its value, and left as it is when no change was made, or
/// when the value cannot stand in a header.
///
/// ```
/// use carafe::Response;
///
/// let mut response = Response::new("");
/// response.vary_mut().add("Accept");
/// assert_eq!(response.headers()["vary"], "Accept");
/// ```
pub struct Edited<'a, T: Editable> {
    headers: &'a mut HeaderMap,
    name: HeaderName,
    value: T,
}

impl<'a, T: Editable> Edited<'a, T> {
    /// Takes a header out of its headers.
    pub fn new(headers: &'a mut HeaderMap, name: HeaderName) -> Self {
        let value = read(headers, &name);
        Self {
            headers,
            name,
            value,
        }
    }
}

/// Reads a header; empty when there is no such header.
pub(crate) fn read<T: Editable>(headers: &HeaderMap, name: &HeaderName) -> T {
    T::read(&latin1::text(headers, name).unwrap_or_default())
}

impl<T: Editable> Deref for Edited<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Editable> DerefMut for Edited<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: Editable> Drop for Edited<'_, T> {
    fn drop(&mut self) {
        if !self.value.is_changed() {
            return;
        }
        if self.value.has_nothing() {
            self.headers.remove(&self.name);
        } else if let Some(value) = latin1::header_value(&self.value.to_string()) {
            self.headers.insert(&self.name, value);
        }
    }
}

impl<T: Editable + fmt::Debug> fmt::Debug for Edited<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.value, f)
    }
}
