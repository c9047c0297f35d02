//! The functions that were running, read from the text of a backtrace: it has no other form.

use std::backtrace::Backtrace;

use crate::debug::source::{is_of_program, split_place};

/// One function that was running.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) function: String,
    pub(super) file: Option<String>,
    pub(super) line: usize,
}

impl Frame {
    /// Whether the function is the program's own.
    pub(super) fn is_of_program(&self) -> bool {
        // Where a dependency's function is made for a type of the program, its name begins with that type.
        let function = self.function.trim_start_matches(['<', '&']);
        let libraries = [
            "std::",
            "core::",
            "alloc::",
            "carafe::",
            "carafe_routing::",
            "carafe_sessions::",
            "tokio::",
        ];
        let is_known = libraries
            .iter()
            .any(|library| function.starts_with(library));
        !is_known && self.file.as_deref().is_some_and(is_of_program)
    }
}

/// The functions of a backtrace, innermost first.
pub(super) fn frames(backtrace: &Backtrace) -> Vec<Frame> {
    parse(&backtrace.to_string())
}

fn parse(text: &str) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(place) = line.strip_prefix("at ")
            && let Some(frame) = frames.last_mut()
        {
            if let Some((file, line)) = split_place(place) {
                frame.file = Some(whole(file));
                frame.line = line;
            }
        } else if let Some((number, function)) = line.split_once(": ")
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            frames.push(Frame {
                function: function.to_owned(),
                file: None,
                line: 0,
            });
        }
    }
    frames
}

/// The whole path of a file, which is shortened to begin where the program runs.
fn whole(file: &str) -> String {
    let path = file.strip_prefix("./").map(|rest| {
        let here = std::env::current_dir().unwrap_or_default();
        here.join(rest).to_string_lossy().into_owned()
    });
    path.unwrap_or_else(|| file.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const TEXT: &str = "
   0: core::panicking::panic_fmt
             at /rustc/0123/library/core/src/panicking.rs:80:14
   1: blog::auth::login::{{closure}}
             at ./blog/auth.rs:12:5
   2: <blog::index as carafe::view::IntoView<()>>::into_view::{{closure}}
             at /home/ada/.cargo/registry/src/index.crates.io-1/carafe-0.1.0/src/view/arity.rs:60:9
   3: __libc_start_main
";

    #[test]
    fn frames_are_read_with_their_places() {
        let frames = parse(TEXT);
        assert_eq!(frames.len(), 4);
        let own: Vec<_> = frames
            .iter()
            .filter(|frame| frame.is_of_program())
            .collect();
        assert_eq!(own.len(), 1);
        assert_eq!(
            own.first().unwrap().function,
            "blog::auth::login::{{closure}}"
        );
        let here = std::env::current_dir().unwrap();
        let file = here.join("blog/auth.rs").to_string_lossy().into_owned();
        assert_eq!(own.first().unwrap().file, Some(file));
        assert_eq!(own.first().unwrap().line, 12);
    }

    #[test]
    fn a_backtrace_of_now_has_this_function() {
        let frames = frames(&Backtrace::force_capture());
        assert!(
            frames
                .iter()
                .any(|frame| frame.function.contains("a_backtrace_of_now"))
        );
    }
}
