//! Text that is safe to place into HTML.

use std::fmt;

use crate::value::Text;

/// Text that is marked as safe HTML.
///
/// *Flask:* `markupsafe.Markup`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Markup(Text);

impl Markup {
    /// Marks a text as safe HTML.
    pub fn new(html: impl Into<Text>) -> Self {
        Self(html.into())
    }

    /// Returns the HTML.
    pub fn text(&self) -> &Text {
        &self.0
    }
}

impl From<&str> for Markup {
    fn from(html: &str) -> Self {
        Self::new(html)
    }
}

impl From<String> for Markup {
    fn from(html: String) -> Self {
        Self::new(html)
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
