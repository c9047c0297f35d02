//! An uploaded file as a field of a form's type.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::context::try_request;
use crate::form::FileStorage;
use crate::view::extract::deserializer::FILE;

/// A file is a field of a [`Form`](crate::Form)'s type, and of nothing else.
impl<'de> Deserialize<'de> for FileStorage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(FILE, ByPlace)
    }
}

/// Takes a file of the current request by its place in the form: serde has no other way to hand one on.
struct ByPlace;

impl<'de> Visitor<'de> for ByPlace {
    type Value = FileStorage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an uploaded file")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<FileStorage, D::Error> {
        let place = usize::deserialize(deserializer)?;
        let request = try_request().map_err(Error::custom)?;
        let file = request
            .files_if_read()
            .and_then(|files| files.items_multi().nth(place))
            .map(|(_, file)| file.clone());
        file.ok_or_else(|| Error::custom("a file is only found in a form"))
    }
}
