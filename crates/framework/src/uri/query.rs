//! Query strings and urlencoded forms. Python: `urllib.parse.parse_qsl`.

use std::borrow::Cow;

use crate::multi_dict::MultiDict;
use crate::uri::quote::unquote;

/// Reads a query string into its names and values.
///
/// Bytes that are not UTF-8 stay percent-encoded, so that nothing is lost; `form_urlencoded` would
/// replace them.
///
/// *Werkzeug:* `Request.args`.
///
/// ```
/// let args = carafe::uri::query::parse_query(b"q=a+b&tag=x&tag=%C3%BC&flag");
/// assert_eq!(args.get("q").map(String::as_str), Some("a b"));
/// assert_eq!(args.getlist("tag"), ["x", "ü"]);
/// assert_eq!(args.get("flag").map(String::as_str), Some(""));
/// ```
pub fn parse_query(query: &[u8]) -> MultiDict<String> {
    let pairs = query
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let (name, value) = (
                halves.next().unwrap_or_default(),
                halves.next().unwrap_or_default(),
            );
            (decode(name), decode(value))
        })
        .collect()
}

fn decode(text: &[u8]) -> String {
    let spaced = if text.contains(&b'+') {
        let space = |&byte: &u8| if byte == b'+' { b' ' } else { byte };
        Cow::Owned(text.iter().map(space).collect::<Vec<u8>>())
    } else {
        Cow::Borrowed(text)
    };
    unquote(&spaced)
}
