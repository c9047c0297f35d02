//! The page, section by section: what went wrong, where, and in the middle of what.

use std::iter::successors;

use crate::context::AppContext;
use crate::debug::facts;
use crate::debug::frames::{Frame, frames};
use crate::debug::html::Html;
use crate::debug::mask::Mask;
use crate::debug::source::{Excerpt, is_of_program, split_place};
use crate::debug::steps::End;
use crate::error::{Error, Panicked};
use crate::request::Request;

const HEAD: &str = "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n\
    <meta name=viewport content=\"width=device-width, initial-scale=1\">\n<title>";
const STYLE: &str = include_str!("page.css");
const FOOT: &str = "</main>\n<footer>This page is shown because the app is in debug mode. Without it, clients get a \
    plain 500.</footer>\n</body>\n</html>\n";

/// More causes than this are a circle.
const MOST_CAUSES: usize = 20;

/// Writes the page.
pub(super) fn render(ctx: &AppContext, error: &Error) -> String {
    let request = Request::of(ctx);
    let (session, g) = (facts::session(ctx), facts::g(ctx));
    let mut mask = Mask::of(ctx.app().config(), request.as_ref());
    mask.add_values(&session);
    mask.add_values(&g);
    let mut html = Html::new(mask);
    let (kind, message) = title(error);
    html.markup(HEAD);
    html.text(format!("{kind}: {message}"));
    html.markup("</title>\n<style>\n");
    html.markup(STYLE);
    html.markup("</style>\n</head>\n<body>\n<header>\n");
    if let Some(request) = &request {
        let asked = format!("{} {}", request.method(), request.path());
        html.element("<p>", asked, "</p>\n");
    }
    html.element("<h1>", kind, "</h1>\n");
    html.element("<p class=message>", message, "</p>\n</header>\n<main>\n");
    causes(&mut html, error);
    template(&mut html, error);
    places(&mut html, ctx, error);
    steps(&mut html, ctx);
    if let Some(request) = &request {
        about_request(&mut html, request);
    }
    html.table("<h2>Session</h2>\n", &facts::rows(&session));
    html.table("<h2>g</h2>\n", &facts::rows(&g));
    html.markup(FOOT);
    html.finish()
}

/// The error's type and its message.
fn title(error: &Error) -> (String, String) {
    match error.downcast_ref::<Panicked>() {
        Some(panic) => ("Panic".to_owned(), panic.message().to_owned()),
        None => {
            let kind = error.type_name().map_or("Error", short_name);
            (kind.to_owned(), error.to_string())
        }
    }
}

/// The last part of a type's path.
fn short_name(path: &str) -> &str {
    let plain = path.split('<').next().unwrap_or(path);
    plain.rsplit("::").next().unwrap_or(plain)
}

/// The errors that led to the error, and how the error shows itself to programmers.
fn causes(html: &mut Html, error: &Error) {
    let sources: Vec<_> = successors(error.as_std().source(), |source| source.source())
        .take(MOST_CAUSES)
        .collect();
    if !sources.is_empty() {
        html.markup("<h2>Caused by</h2>\n<ol>\n");
        for source in sources {
            html.element("<li>", source.to_string(), "</li>\n");
        }
        html.markup("</ol>\n");
    }
    if error.is_panic() {
        return;
    }
    html.markup("<details>\n<summary>The error in full</summary>\n");
    html.element(
        "<pre class=text>",
        format!("{error:#?}"),
        "</pre>\n</details>\n",
    );
}

/// The template that failed, with the lines around the one that did.
#[cfg(feature = "templates")]
fn template(html: &mut Html, error: &Error) {
    let Some(failed) = error.downcast_ref::<crate::templating::TemplateError>() else {
        return;
    };
    let Some((source, line)) = failed.template_source().zip(failed.line()) else {
        return;
    };
    let name = failed.name().unwrap_or("a template given as a string");
    if let Some(excerpt) = Excerpt::of_text(name, source, line) {
        html.markup("<h2>In the template</h2>\n");
        html.excerpt(&excerpt);
    }
}

#[cfg(not(feature = "templates"))]
fn template(_: &mut Html, _: &Error) {}

/// The places in the program: where the error was made, and for a panic all functions that were running.
fn places(html: &mut Html, ctx: &AppContext, error: &Error) {
    let root = ctx.app().root_path();
    let panic = error.downcast_ref::<Panicked>();
    let all = panic
        .and_then(Panicked::backtrace)
        .map(frames)
        .unwrap_or_default();
    let own: Vec<_> = all.iter().filter(|frame| frame.is_of_program()).collect();
    let location = error.location();
    let place = match panic {
        Some(panic) => panic.location().and_then(split_place),
        None => Some((location.file(), location.line() as usize)),
    };
    let in_program = place.filter(|(file, _)| is_of_program(file));
    let place = in_program.or_else(|| {
        let frame = own.first()?;
        Some((frame.file.as_deref()?, frame.line))
    });
    if let Some((file, line)) = place {
        html.markup("<h2>In the program</h2>\n");
        match Excerpt::of_file(root, file, line) {
            Some(excerpt) => html.excerpt(&excerpt),
            None => html.element("<p><code>", format!("{file}, line {line}"), "</code></p>\n"),
        }
    }
    if !all.is_empty() {
        html.markup("<h2>Functions that were running</h2>\n");
        list(html, own.into_iter());
        html.markup("<details>\n<summary>With those of libraries</summary>\n");
        list(html, all.iter());
        html.markup("</details>\n");
    }
}

fn list<'a>(html: &mut Html, frames: impl Iterator<Item = &'a Frame>) {
    html.markup("<ol>\n");
    for frame in frames {
        html.element("<li><code>", &frame.function, "</code>");
        if let Some(file) = &frame.file {
            html.element(
                "<small>",
                format!("{file}, line {}", frame.line),
                "</small>",
            );
        }
        html.markup("</li>\n");
    }
    html.markup("</ol>\n");
}

/// The functions of the app that ran, in order.
fn steps(html: &mut Html, ctx: &AppContext) {
    let steps = std::mem::take(&mut *ctx.steps());
    let rows = steps.iter().map(|step| {
        let of = match step.of.as_str() {
            "" => String::new(),
            blueprint => format!(" of {blueprint}"),
        };
        let end = match step.end {
            End::Returned => "",
            End::Failed => " \u{2014} failed",
            End::Open => " \u{2014} did not return",
        };
        (
            format!("{}{of}", step.kind),
            format!("{}{end}", step.function),
        )
    });
    html.table(
        "<h2>What ran for the request</h2>\n",
        &rows.collect::<Vec<_>>(),
    );
}

fn about_request(html: &mut Html, request: &Request) {
    html.table("<h2>Request</h2>\n", &facts::request(request));
    html.table(
        "<h3>Variables of the URL</h3>\n",
        &facts::view_args(request),
    );
    html.table("<h3>Query</h3>\n", &facts::fields(request.args()));
    if let Some(form) = request.form_if_read() {
        html.table("<h3>Form</h3>\n", &facts::fields(form));
    }
    html.table("<h3>Headers</h3>\n", &facts::headers(request));
    html.table("<h3>Cookies</h3>\n", &facts::cookies(request));
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn types_are_named_without_their_modules() {
        assert_eq!(
            short_name("core::num::error::ParseIntError"),
            "ParseIntError"
        );
        assert_eq!(short_name("blog::Wrapped<blog::Inner>"), "Wrapped");
        assert_eq!(short_name("Plain"), "Plain");
    }
}
