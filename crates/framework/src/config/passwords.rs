//! Passwords inside of texts: in URLs, and in lists of `name=value`.

use std::ops::Range;

use crate::config::secret::{MASK, is_secret};

/// What ends a URL or a value in a text.
const ENDS: [char; 5] = ['"', '\'', '<', '>', '`'];

/// The passwords in a text, such as that of `postgresql://user:password@host/db` or of `?password=text`.
pub(crate) fn passwords(text: &str) -> impl Iterator<Item = &str> {
    places(text).into_iter().filter_map(|place| text.get(place))
}

/// Masks the [`passwords`] in a text.
pub(super) fn without_passwords(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut done = 0;
    for place in places(text) {
        shown.push_str(text.get(done..place.start).unwrap_or_default());
        shown.push_str(MASK);
        done = place.end;
    }
    shown + text.get(done..).unwrap_or_default()
}

/// Where the passwords are, in order and apart from each other.
fn places(text: &str) -> Vec<Range<usize>> {
    let mut places: Vec<_> = of_users(text).chain(of_names(text)).collect();
    places.sort_by_key(|place| (place.start, place.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match apart.last_mut() {
            Some(last) if place.start < last.end => last.end = last.end.max(place.end),
            _ => apart.push(place),
        }
    }
    apart
}

/// The passwords of users in URLs.
fn of_users(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices("://").filter_map(|(place, slashes)| {
        let start = place + slashes.len();
        let password = of_user(url(text.get(start..)?))?;
        Some(start + password.start..start + password.end)
    })
}

/// The part of a text that belongs to the URL in front: up to a blank, a quote or the next URL.
fn url(rest: &str) -> &str {
    let is_end = |c: char| c.is_whitespace() || ENDS.contains(&c);
    let rest = rest.split(is_end).next().unwrap_or_default();
    match rest.split_once("://") {
        Some((before, _)) => before.trim_end_matches(|c: char| c.is_ascii_alphanumeric()),
        None => rest,
    }
}

/// The password in a URL without its scheme.
fn of_user(url: &str) -> Option<Range<usize>> {
    let authority = url.split(['/', '?', '#']).next()?;
    let colon = authority.find(':')?;
    let end = authority.rfind('@').or_else(|| {
        // What looks like a host and a port and is none of it is the begin of a password with a slash.
        let port = authority.get(colon + 1..)?;
        let is_host = port.bytes().all(|byte| byte.is_ascii_digit()) || url.starts_with('[');
        url.rfind('@').filter(|_| !is_host)
    })?;
    (colon + 1 < end).then_some(colon + 1..end)
}

/// The values of `name=value` where the name is that of a secret, as in queries and in DSNs.
fn of_names(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('=').filter_map(|(place, _)| {
        let (before, after) = (text.get(..place)?.trim_end(), text.get(place + 1..)?);
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || ['_', '-', '.'].contains(&c);
        let name = before.get(before.trim_end_matches(is_of_name).len()..)?;
        if !is_secret(name) {
            return None;
        }
        let value = after.trim_start();
        let start = text.len() - value.len();
        let is_end =
            |c: char| c.is_whitespace() || ENDS.contains(&c) || ['&', ';', '#'].contains(&c);
        let (start, end) = match value.chars().next()? {
            quote @ ('"' | '\'') => (start + 1, start + 1 + value.get(1..)?.find(quote)?),
            _ => (start, start + value.find(is_end).unwrap_or(value.len())),
        };
        (start < end).then_some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_found_in_urls_and_beside_names() {
        for (text, found) in [
            ("postgresql://me:hunter2@db/app", &["hunter2"][..]),
            ("redis://:hunter2@db", &["hunter2"]),
            ("pg://me:hun@ter2@db/app?a=b@c", &["hun@ter2"]),
            ("pg://me:hun/ter2@db/app", &["hun/ter2"]),
            ("pg://me:h?n#er2@db/app", &["h?n#er2"]),
            (
                "pg://a:one@db/x,pg://b:two@db/y pg://c:three@db",
                &["one", "two", "three"],
            ),
            ("pg://db/app?user=me&password=hunter2&x=1", &["hunter2"]),
            ("pg://me:one@db?sslpassword=two#x", &["one", "two"]),
            ("host=db user=me password='hunter 2' x=1", &["hunter 2"]),
            ("Server=db; Pwd = hunter2; X=1", &["hunter2"]),
            ("http://host:80/x@y and https://[::1]:80/x@y", &[]),
            ("http://host/a:b@c http://me@host mail@host:80", &[]),
            ("a=b, c=, =, ://, ://:@, password=", &[]),
        ] {
            assert_eq!(passwords(text).collect::<Vec<_>>(), found, "{text}");
        }
    }

    #[test]
    fn the_text_around_passwords_is_shown() {
        let text = "a pg://me:hunter2@db?password=hunter3&x=1";
        let shown = "a pg://me:********@db?password=********&x=1";
        assert_eq!(without_passwords(text), shown);
        assert_eq!(without_passwords("none ä"), "none ä");
    }
}
