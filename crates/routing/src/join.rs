//! Joining a redirect target to the root of a program, as Python's `urljoin`.

/// A URL in pieces; what stands behind `;` stays part of the path.
#[derive(Debug)]
struct Split<'a> {
    scheme: Option<String>,
    host: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

/// Schemes whose URLs can be given relative to another.
const RELATIVE: [&str; 7] = ["http", "https", "ws", "wss", "ftp", "sftp", "file"];

/// Resolves `target` against `scheme://host/script/`.
pub(crate) fn join(scheme: &str, host: &str, script_name: &str, target: &str) -> String {
    // Python takes these off before it looks at anything.
    let target = target.trim_start_matches(|c: char| c <= ' ');
    let target: String = target
        .chars()
        .filter(|c| !matches!(c, '\t' | '\r' | '\n'))
        .collect();
    if target.is_empty() {
        return unsplit(scheme, host, script_name, None, None);
    }
    let split = Split::new(&target);
    if split.scheme.as_deref().unwrap_or(scheme) != scheme || !RELATIVE.contains(&scheme) {
        return target;
    }
    if let Some(host) = split.host {
        return unsplit(scheme, host, split.path, split.query, split.fragment);
    }
    if split.path.is_empty() {
        return unsplit(scheme, host, script_name, split.query, split.fragment);
    }
    let path = resolve(script_name, split.path);
    unsplit(scheme, host, &path, split.query, split.fragment)
}

impl<'a> Split<'a> {
    fn new(url: &'a str) -> Self {
        let mut rest = url;
        let mut scheme = None;
        if let Some((name, behind)) = url.split_once(':') {
            let mut chars = name.chars();
            let valid = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
            if chars
                .next()
                .is_some_and(|first| first.is_ascii_alphabetic())
                && chars.all(valid)
            {
                scheme = Some(name.to_ascii_lowercase());
                rest = behind;
            }
        }
        let mut host = None;
        if let Some(behind) = rest.strip_prefix("//") {
            let end = behind.find(['/', '?', '#']).unwrap_or(behind.len());
            let (name, behind) = behind.split_at_checked(end).unwrap_or((behind, ""));
            host = (!name.is_empty()).then_some(name);
            rest = behind;
        }
        let (rest, fragment) = split_off(rest, '#');
        let (path, query) = split_off(rest, '?');
        Self {
            scheme,
            host,
            path,
            query,
            fragment,
        }
    }
}

fn split_off(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((front, back)) => (front, (!back.is_empty()).then_some(back)),
        None => (text, None),
    }
}

/// Resolves a relative path, with its dots, against a base that ends with a
/// slash.
fn resolve(base: &str, path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    if !path.starts_with('/') {
        segments.extend(base.strip_suffix('/').unwrap_or(base).split('/'));
        // What stands between the first and the last is never empty.
        let (first, middle) = match segments.split_first() {
            Some((first, middle)) => (*first, middle.to_vec()),
            None => ("", Vec::new()),
        };
        segments = vec![first];
        segments.extend(middle.into_iter().filter(|segment| !segment.is_empty()));
        let own: Vec<&str> = path.split('/').collect();
        if let Some((last, front)) = own.split_last() {
            segments.extend(front.iter().filter(|segment| !segment.is_empty()));
            segments.push(last);
        }
    } else {
        segments.extend(path.split('/'));
    }
    let ends_in_dots = matches!(segments.last(), Some(&("." | "..")));
    let mut resolved: Vec<&str> = Vec::new();
    for segment in segments {
        match segment {
            ".." => drop(resolved.pop()),
            "." => {}
            segment => resolved.push(segment),
        }
    }
    if ends_in_dots {
        resolved.push("");
    }
    match resolved.join("/") {
        path if path.is_empty() => "/".to_owned(),
        path => path,
    }
}

/// Puts a URL together, as Python's `urlunsplit`.
pub(crate) fn unsplit(
    scheme: &str,
    host: &str,
    path: &str,
    query: Option<&str>,
    fragment: Option<&str>,
) -> String {
    let mut url = String::with_capacity(scheme.len() + host.len() + path.len() + 4);
    if !scheme.is_empty() {
        url.push_str(scheme);
        url.push(':');
    }
    url.push_str("//");
    url.push_str(host);
    if !path.is_empty() && !path.starts_with('/') {
        url.push('/');
    }
    url.push_str(path);
    for (mark, text) in [('?', query), ('#', fragment)] {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            url.push(mark);
            url.push_str(text);
        }
    }
    url
}
