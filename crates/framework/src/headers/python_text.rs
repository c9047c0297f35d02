//! What Python takes for white space in text, where it decides what a header's value is.

/// Tells whether `str.strip` takes a character off: Unicode's white space and four control characters.
pub(crate) fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
}

/// Takes white space off both ends, as `str.strip` does.
pub(crate) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}
