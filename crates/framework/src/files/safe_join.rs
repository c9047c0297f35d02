//! Paths that stay inside a folder. Werkzeug: `safe_join`.

use std::path::{Path, PathBuf};

/// The names that stand for devices in every folder of Windows, with any extension.
const WINDOWS_DEVICES: [&str; 6] = ["AUX", "CON", "CONIN$", "CONOUT$", "NUL", "PRN"];

/// Joins parts from a client to a trusted folder, or returns `None` when that would leave the folder.
///
/// The parts are separated by `/` on every system. Links inside the folder are followed; they are up to
/// who owns it.
///
/// *Werkzeug:* `safe_join`.
///
/// ```
/// use carafe::files::safe_join;
///
/// assert_eq!(safe_join("static", ["css/../app.css"]), Some("static/app.css".into()));
/// assert_eq!(safe_join("static", ["../secrets"]), None);
/// assert_eq!(safe_join("static", ["/etc/passwd"]), None);
/// ```
pub fn safe_join<P: AsRef<str>>(
    directory: impl AsRef<Path>,
    untrusted: impl IntoIterator<Item = P>,
) -> Option<PathBuf> {
    let directory = directory.as_ref();
    // Without a folder the first part of the client would become the trusted one.
    let mut path = if directory.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        directory.to_path_buf()
    };
    for part in untrusted {
        let part = part.as_ref();
        if !part.is_empty() {
            path.push(normal_form(part).filter(|part| !cfg!(windows) || is_safe_on_windows(part))?);
        }
    }
    Some(path)
}

/// Resolves dots and double slashes; `None` for an absolute path, and for one that leads out.
fn normal_form(part: &str) -> Option<String> {
    if part.starts_with('/') {
        return None;
    }
    let mut steps: Vec<&str> = Vec::new();
    for step in part.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    Some(if steps.is_empty() {
        ".".to_owned()
    } else {
        steps.join("/")
    })
}

/// Refuses other separators, drives, and names of devices.
fn is_safe_on_windows(part: &str) -> bool {
    let is_device = |step: &str| {
        let name = step
            .split('.')
            .next()
            .unwrap_or_default()
            .trim()
            .to_uppercase();
        let is_port = |port: &str| {
            let number = port
                .strip_prefix("COM")
                .or_else(|| port.strip_prefix("LPT"));
            number.is_some_and(|number| matches!(number, "¹" | "²" | "³") || is_digit(number))
        };
        WINDOWS_DEVICES.contains(&name.as_str()) || is_port(&name)
    };
    !part.contains(['\\', ':']) && !part.split('/').any(is_device)
}

fn is_digit(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'9'])
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use super::{is_safe_on_windows, safe_join};

    #[test]
    fn a_part_may_not_climb_above_the_one_before_it() {
        assert_eq!(safe_join("srv", ["a", ".."]), None);
        assert_eq!(safe_join("srv", ["a/../.."]), None);
        assert_eq!(safe_join("", ["a"]), Some("./a".into()));
    }

    #[test]
    fn no_path_of_odd_steps_leads_out() {
        let steps = [
            "..", ".", "", "a", "...", "..a", "a..", "%2e%2e", "\\..", "..\\", " ..", "\0", "~",
            "é",
        ];
        let count = steps.len();
        for number in 0..count.pow(4) {
            let chosen = (0..4).map(|place| steps[number / count.pow(place) % count]);
            let part = chosen.collect::<Vec<_>>().join("/");
            let Some(path) = safe_join("srv", [&part]) else {
                continue;
            };
            let climbs = path.components().any(|step| step == Component::ParentDir);
            assert!(
                path.starts_with("srv") && !climbs,
                "{part:?} gives {path:?}"
            );
        }
    }

    #[test]
    fn devices_and_drives_are_refused_on_windows() {
        for name in [
            "CON",
            "CON.txt",
            "CON.txt.html",
            "CON  ",
            "CON . txt",
            "b/CON",
            "con.txt",
            "a/NUL",
            "COM1",
            "lpt9.x",
            "C:x",
            "a\\b",
        ] {
            assert!(!is_safe_on_windows(name), "{name}");
        }
        assert!(is_safe_on_windows("common/com10.txt"));
    }
}
