//! The behavior that Werkzeug's `test_wrappers` holds, where no recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bodies;
mod conditions;
mod requests;
mod responses;
#[path = "../server/mod.rs"]
mod server;

use carafe::multi_dict::MultiDict;
use carafe::prelude::*;
use carafe::testing::RequestBuilder;

/// Makes a request outside of any server.
fn made(target: &str, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Request {
    let app = App::new("tests").build().unwrap();
    let context = app.test_request_context(target).with(change).build();
    context.unwrap().request().unwrap()
}

fn with_header(name: &str, value: &str) -> Request {
    made("/", |request| request.header(name, value))
}

fn posted_form() -> Request {
    let fields = [("foo", "Hello World")];
    made("/", |request| request.method("POST").form(fields))
}

fn pairs(values: &MultiDict) -> Vec<(&str, &str)> {
    let pairs = values.items_multi();
    pairs.map(|(name, value)| (name, value.as_str())).collect()
}

/// A body that comes in pieces.
fn pieces<const N: usize>(pieces: [&'static str; N]) -> carafe::Body {
    carafe::Body::stream(futures_util::stream::iter(pieces.map(Ok::<_, Error>)))
}
