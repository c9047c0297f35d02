//! The functions that run around views: what they may look like, and how they are kept.
//! Flask: `before_request_funcs`, `after_request_funcs`, `teardown_request_funcs`.

use std::any::type_name;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use crate::context::Ended;
use crate::error::{Error, Result};
use crate::maybe_ready::MaybeReady;
use crate::response::{IntoResponse, Response};

pub(crate) type BeforeRequest =
    Hook<dyn Fn() -> MaybeReady<Result<Option<Response>>> + Send + Sync>;
pub(crate) type AfterRequest = Hook<dyn Fn(Response) -> MaybeReady<Result<Response>> + Send + Sync>;
pub(crate) type Teardown = Hook<dyn Fn(Ended) -> MaybeReady<Result<()>> + Send + Sync>;

/// A function of the app that runs around views, without its type but with its name.
pub(crate) struct Hook<F: ?Sized> {
    function: Arc<F>,
    name: &'static str,
}

impl<F: ?Sized> Hook<F> {
    /// Names the erased form of a function of type `Named`.
    pub(crate) fn of<Named>(function: Arc<F>) -> Self {
        let name = type_name::<Named>();
        Self { function, name }
    }

    /// The path of the function; that of a closure ends with `{{closure}}`.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Another function under the same name.
    pub(crate) fn with(&self, function: Arc<F>) -> Self {
        let name = self.name;
        Self { function, name }
    }
}

/// What the paths of closures end with.
pub(crate) const CLOSURE: &str = "{{closure}}";

/// The path of a function as it is shown; a closure is named after the function that it is in.
pub(crate) fn readable(path: &str) -> String {
    let Some(outer) = path.strip_suffix(CLOSURE) else {
        return path.to_owned();
    };
    match outer
        .trim_end_matches("::")
        .trim_end_matches("::{{closure}}")
    {
        "" => "a closure".to_owned(),
        outer => format!("a closure in {outer}"),
    }
}

impl<F: ?Sized> Clone for Hook<F> {
    fn clone(&self) -> Self {
        Self {
            function: self.function.clone(),
            name: self.name,
        }
    }
}

impl<F: ?Sized> Deref for Hook<F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.function
    }
}

/// Marks functions that answer at once.
#[derive(Debug)]
pub struct Synchronous;

/// Marks functions that answer with a future.
#[derive(Debug)]
pub struct Asynchronous;

/// What a `before_request` function may return: nothing, or a response that ends the request.
///
/// *Flask:* `None`, or any return value of a view.
#[diagnostic::on_unimplemented(
    message = "a `before_request` function cannot return `{Self}`",
    note = "return `()`, `Option<R>` where a view could return `R`, or a `Result` of these"
)]
pub trait EarlyAnswer {
    /// The response that ends the request, if there is one.
    ///
    /// # Errors
    /// When the function failed.
    fn early_answer(self) -> Result<Option<Response>>;
}

impl EarlyAnswer for () {
    fn early_answer(self) -> Result<Option<Response>> {
        Ok(None)
    }
}

impl EarlyAnswer for Response {
    fn early_answer(self) -> Result<Option<Response>> {
        Ok(Some(self))
    }
}

impl<R: IntoResponse> EarlyAnswer for Option<R> {
    fn early_answer(self) -> Result<Option<Response>> {
        self.map(IntoResponse::into_response).transpose()
    }
}

impl<A: EarlyAnswer, E: Into<Error>> EarlyAnswer for Result<A, E> {
    fn early_answer(self) -> Result<Option<Response>> {
        self.map_err(Into::into)?.early_answer()
    }
}

/// What an `after_request` function may return: the response, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "an `after_request` function cannot return `{Self}`",
    note = "return the `Response`, changed or another, or a `Result` of it"
)]
pub trait IntoAfterRequest {
    /// The response to go on with.
    ///
    /// # Errors
    /// When the function failed.
    fn after_answer(self) -> Result<Response>;
}

impl IntoAfterRequest for Response {
    fn after_answer(self) -> Result<Response> {
        Ok(self)
    }
}

impl<E: Into<Error>> IntoAfterRequest for Result<Response, E> {
    fn after_answer(self) -> Result<Response> {
        self.map_err(Into::into)
    }
}

/// What a teardown function may return: nothing, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "a teardown function cannot return `{Self}`",
    note = "return `()` or `Result<(), E>`"
)]
pub trait TeardownAnswer {
    /// Whether the function failed.
    ///
    /// # Errors
    /// When the function failed.
    fn teardown_answer(self) -> Result<()>;
}

impl TeardownAnswer for () {
    fn teardown_answer(self) -> Result<()> {
        Ok(())
    }
}

impl<E: Into<Error>> TeardownAnswer for Result<(), E> {
    fn teardown_answer(self) -> Result<()> {
        self.map_err(Into::into)
    }
}

/// Gives a kind of hook its two forms: functions that answer at once and functions that answer later.
macro_rules! hook_function {
    ($(#[$doc:meta])* $name:ident, ($($arg:ident: $type:ty)?), $answer:ident, $method:ident, $erased:ty) => {
        $(#[$doc])*
        pub trait $name<Marker>: Send + Sync + 'static {
            #[doc(hidden)]
            #[allow(private_interfaces, reason = "the erased form is nobody's business but the app's")]
            fn erased(self) -> $erased;
        }

        impl<F, R> $name<Synchronous> for F
        where
            F: Fn($($type)?) -> R + Send + Sync + 'static,
            R: $answer,
        {
            #[allow(private_interfaces, reason = "the erased form is nobody's business but the app's")]
            fn erased(self) -> $erased {
                Hook::of::<F>(Arc::new(move |$($arg)?| MaybeReady::Ready(self($($arg)?).$method())))
            }
        }

        impl<F, Fut> $name<Asynchronous> for F
        where
            F: Fn($($type)?) -> Fut + Send + Sync + 'static,
            Fut: Future<Output: $answer> + Send + 'static,
        {
            #[allow(private_interfaces, reason = "the erased form is nobody's business but the app's")]
            fn erased(self) -> $erased {
                Hook::of::<F>(Arc::new(move |$($arg)?| {
                    let answer = self($($arg)?);
                    MaybeReady::waiting(async move { answer.await.$method() })
                }))
            }
        }
    };
}

hook_function! {
    /// A function that runs before the view, sync or async.
    ///
    /// *Flask:* `before_request`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a `before_request` function",
        note = "it takes no arguments and returns `()`, `Option<R>` or a `Result` of these, or a future of one"
    )]
    BeforeRequestFunction, (), EarlyAnswer, early_answer, BeforeRequest
}

hook_function! {
    /// A function that changes or replaces the response, sync or async.
    ///
    /// *Flask:* `after_request`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not an `after_request` function",
        note = "it takes the `Response` and returns it, or a `Result` of it, or a future of one"
    )]
    AfterRequestFunction, (response: Response), IntoAfterRequest, after_answer, AfterRequest
}

hook_function! {
    /// A function that runs when a context ends, sync or async.
    ///
    /// *Flask:* `teardown_request`, `teardown_appcontext`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a teardown function",
        note = "it takes `Ended` and returns `()` or a `Result` of it, or a future of one"
    )]
    TeardownFunction, (ended: Ended), TeardownAnswer, teardown_answer, Teardown
}
