//! The bodies of JSON responses.

use std::borrow::Cow;

use bytes::Bytes;
use carafe_sessions::Value;
use serde::Serialize;

use crate::json::provider::write_with;
use crate::json::writer::{Style, USUAL};
use crate::json::{JsonBody, JsonError};
use crate::response::Body;
use crate::spare::{self, Spare};

/// The usual media type.
pub(super) const USUAL_TYPE: &str = "application/json";

/// The longest text whose place is used again.
const LARGEST: usize = 1024;

thread_local! {
    /// The place of the text that was written last on this thread.
    static SPARE: Spare<String> = const { Spare::none() };
}

/// How the default provider of an app writes the bodies of responses, without a reference to the app: code of the
/// user's runs meanwhile.
#[derive(Debug, Clone)]
pub(crate) struct JsonBodies {
    pub(super) style: Style,
    pub(super) default: Option<fn(&Value) -> Option<Value>>,
    /// None for the usual one.
    pub(super) content_type: Option<String>,
}

impl JsonBodies {
    pub(super) fn body<T: Serialize + ?Sized>(self, value: &T) -> Result<JsonBody, JsonError> {
        let mut text = String::with_capacity(USUAL);
        self.write(&mut text, value)?;
        let content_type = self.content_type.map_or(USUAL_TYPE.into(), Cow::Owned);
        Ok(JsonBody { text, content_type })
    }

    /// The body of a response. A short one is written where the thread wrote the last one, and copied to a place of
    /// its size: room behind it would be counted in an allocation of its own.
    pub(super) fn content<T: Serialize + ?Sized>(&self, value: &T) -> Result<Body, JsonError> {
        let mut text = spare::take(&SPARE).unwrap_or_else(|| String::with_capacity(USUAL));
        self.write(&mut text, value)?;
        if text.len() > LARGEST {
            return Ok(text.into());
        }
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        text.clear();
        spare::keep(&SPARE, text);
        Ok(bytes.into())
    }

    fn write<T: Serialize + ?Sized>(&self, text: &mut String, value: &T) -> Result<(), JsonError> {
        write_with(text, value, self.style, self.default)?;
        text.push('\n');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use carafe_sessions::Value;
    use serde::{Serialize, Serializer};

    use super::LARGEST;
    use crate::error::Result;
    use crate::json::DefaultJsonProvider;

    fn body(value: impl Serialize) -> Result<String> {
        let body = DefaultJsonProvider::default()
            .bodies(false)
            .content(&value)?;
        let bytes = body.bytes().unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A value that writes another body while it is written.
    struct Nested;

    impl Serialize for Nested {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let inner = body("inner").unwrap_or_default();
            serializer.serialize_str(&inner)
        }
    }

    #[test]
    fn a_body_has_nothing_of_those_before_it() -> Result<()> {
        assert_eq!(body("first")?, "\"first\"\n");
        assert!(body([Value::from("begun"), Value::Bytes(vec![1])]).is_err());
        assert_eq!(body([1])?, "[1]\n");
        assert_eq!(body("x".repeat(LARGEST))?.len(), LARGEST + 3);
        assert_eq!(body([2])?, "[2]\n");
        assert_eq!(
            body([Nested, Nested])?,
            "[\"\\\"inner\\\"\\n\",\"\\\"inner\\\"\\n\"]\n"
        );
        assert_eq!(body([3])?, "[3]\n");
        Ok(())
    }
}
