//! A micro web framework that reproduces Flask's request lifecycle on hyper and tokio.
//!
//! ```no_run
//! use carafe::prelude::*;
//!
//! fn index() -> &'static str {
//!     "Hello, World!"
//! }
//!
//! async fn show_user(id: i64) -> String {
//!     format!("user {id}")
//! }
//!
//! fn main() -> carafe::Result<()> {
//!     let mut app = carafe::app!();
//!     app.route("/", index);
//!     app.route("/user/<int:id>", show_user);
//!     app.error_handler(404, |_: &HttpError| ("nothing here", 404));
//!     app.run()
//! }
//! ```
//!
//! # The journey of a request
//!
//! 1. The server accepts, hyper parses, and a [`RequestContext`] is made and becomes current.
//! 2. The [session interface](SessionInterface) opens the session; then the URL is matched, once, by whoever
//!    asks first.
//! 3. `url_value_preprocessor` and `before_request` functions run, the app's and then those of the blueprints;
//!    the first one to return a response wins.
//! 4. The view answers, or the routing error does, or the automatic answer to OPTIONS.
//! 5. An error goes to the [handler](Scaffold::error_handler) of its code or type; one that nobody handles
//!    becomes a 500.
//! 6. `after_this_request` and `after_request` functions run, and the session is saved.
//! 7. Teardown functions run, always: after an error, after a panic, and when the client has gone.
//!
//! # Cancel safety
//!
//! A request whose client goes away is dropped where it is; its teardown functions run all the same, told
//! [`Ended::ClientGone`].
//!
//! # Log
//!
//! What the server and the app have to say are events of `tracing`: errors that nobody handled, warnings, and a
//! line for each request. They go to the program's subscriber; [`App::run`] writes them to standard error when
//! there is none. Without the feature `log` it does not: a program without a subscriber then hears nothing of an
//! error but the 500 that its client gets. What [`App::run`] says of where it serves, and of why it cannot, is no
//! part of the log and is said in any case.
//!
//! # Features
//!
//! | feature | default | adds | costs |
//! | --- | --- | --- | --- |
//! | `cli` | yes | the [command line](cli) of an app's binary, commands of its own | clap, and `testing` |
//! | `files` | yes | [`send_file`], [`send_from_directory`] and static folders | mime_guess |
//! | `idna` | yes | host names outside ASCII, which are malformed without it | idna and ICU's tables |
//! | `log` | yes | the [log](#log) of a program that has no subscriber of its own | tracing-subscriber |
//! | `passwords` | yes | [hashes of passwords](security) | pbkdf2, scrypt |
//! | `patterns` | yes | [converters](routing::Converter) whose patterns have any of Unicode's classes, such as `\p{Greek}`, or `(?i)`; `templates` brings it along | Unicode's tables, aho-corasick |
//! | `templates` | yes | [templates](templating) in Jinja's language | minijinja and what it depends on |
//! | `testing` | yes | [requests without a socket](testing), for tests | cookie |
//! | `toml` | yes | [configuration files](config) in TOML | toml |
//!
//! A program that chooses among them names `testing` in its dev-dependencies, which no release build has:
//!
//! ```toml
//! [dependencies]
//! carafe = { version = "0.1", default-features = false, features = ["log"] }
//!
//! [dev-dependencies]
//! carafe = { version = "0.1", default-features = false, features = ["testing"] }
//! ```

extern crate self as carafe;

mod app; // the app: set-up, blueprints, checks
pub mod config; // the app's configuration
mod server; // sockets and runtimes
mod tower; // the app as a service
mod lifecycle; // the journey, one file a step
mod context; // what is current
mod request; // what came in
mod proxy_fix; // what proxies in front tell of the client
mod hook; // functions around views
mod view; // functions that answer
mod maybe_ready; // answers that may be there at once
#[cfg(feature = "testing")]
mod runtime; // futures for callers that cannot wait
pub mod error; // errors, abort and error handlers
mod response; // what goes out
mod spare; // places in memory that are used again
mod html; // text as HTML shows it
mod debug; // the page that shows what led to an error
mod url_for; // building URLs
mod flash; // messages for the next page
mod static_files; // files that are sent as they are
mod embed; // folders that travel in the program
pub mod files; // names of files, and sending them
pub mod security; // passwords as they are stored
#[cfg(feature = "templates")]
pub mod templating; // pages from templates
pub mod json; // JSON in and out
pub mod headers; // header values as Werkzeug reads and writes them
pub mod uri; // URLs as text
pub mod multi_dict; // several values a key
pub mod signals; // what tells others of the work
#[cfg(feature = "cli")]
pub mod cli; // what the app's binary does with its arguments
#[cfg(feature = "testing")]
pub mod testing; // requests without a socket

#[doc(hidden)]
pub use carafe_macros::files_of as __files_of;
pub use carafe_routing as routing;
pub use carafe_sessions as sessions;
pub use carafe_sessions::{
    AnySessionInterface, BoxSession, ResponseHead, SecureCookieSessionInterface, SessionContext,
    SessionError, SessionInterface, SessionMixin,
};

#[cfg(feature = "cli")]
pub use crate::app::CliGroup;
pub use crate::app::{
    App, Blueprint, BlueprintOptions, Extensions, FinishedResponse, FlashedMessage, ReadyApp,
    Route, Scaffold, ScaffoldData, SetupError, SetupProblem, SetupState, Signals, url_prefix,
};
pub use crate::context::{
    AppContext, ContextGuard, Ended, G, OutsideContext, RequestContext, Session, after_response,
    after_this_request, blocking, copy_current_request_context, current_app, g, has_app_context,
    has_request_context, request, session, spawn, stream_with_context, try_current_app, try_g,
    try_request, try_session,
};
pub use crate::embed::{EmbeddedFiles, Resource};
pub use crate::error::{
    Abort, Aborter, BadRequestKeyError, Error, HttpError, OrAbort, OriginalError, Panicked, Result,
    abort,
};
#[cfg(feature = "files")]
pub use crate::files::{send_file, send_from_directory};
pub use crate::flash::{flash, get_flashed_messages};
pub use crate::hook::{
    AfterRequestFunction, BeforeRequestFunction, EarlyAnswer, IntoAfterRequest, TeardownAnswer,
    TeardownFunction,
};
pub use crate::json::{Json, jsonify};
pub use crate::maybe_ready::{BoxFuture, MaybeReady};
pub use crate::proxy_fix::ProxyFix;
pub use crate::request::form;
pub use crate::request::{
    Connection, FetchDest, FetchMode, FetchSite, GetData, Request, RequestBody,
};
pub use crate::response::{
    Body, BoxStream, EmbedderPolicy, Event, EventStream, IntoHeaders, IntoResponse, OpenerPolicy,
    Redirect, ResourcePolicy, Response, ResponseWriter, append_slash_redirect, make_response,
    redirect,
};
#[doc(hidden)]
pub use crate::server::reload_script;
pub use crate::server::serve;
#[cfg(feature = "templates")]
pub use crate::templating::{
    RenderedTemplate, TemplateContext, TemplateError, TemplateErrorKind, TemplateFunction,
    TemplateValue, get_template_attribute, render_template, render_template_string,
    stream_template, stream_template_string, template_function,
};
#[cfg(feature = "testing")]
pub use crate::testing::{TestClient, TestResponse};
pub use crate::url_for::{UrlFor, url_for};
pub use crate::view::{
    Argument, Arguments, ByMethod, Converted, Cookies, FieldError, Form, Headers, IntoView,
    MakeView, MethodView, Path, Query, State, Takes, View, ViewFunction, as_view, method_view,
};

/// What most modules of an application use.
pub mod prelude {
    pub use crate::{
        App, AppContext, Blueprint, Ended, Error, HttpError, IntoResponse, Json, OrAbort, Path,
        Request, Response, Result, Scaffold, State, abort, after_this_request, current_app, flash,
        g, get_flashed_messages, jsonify, make_response, redirect, request, session, url_for,
        url_prefix,
    };
    #[cfg(feature = "templates")]
    pub use crate::{
        TemplateContext, context, render_template, render_template_string, stream_template,
        stream_template_string,
    };
    #[cfg(feature = "files")]
    pub use crate::{send_file, send_from_directory};
}

/// Pages that are longer than a comment.
#[cfg(doc)]
pub mod docs {
    #[doc = include_str!("docs/architecture.md")]
    pub mod architecture {}
    #[doc = include_str!("docs/compatibility.md")]
    pub mod compatibility {}
}

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
