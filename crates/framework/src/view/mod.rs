//! The functions that answer requests: their arguments, and how they are kept. Flask: view functions.

pub(crate) mod argument; // URL variables and extractors
mod arity; // functions of 0 to 12 arguments
pub(crate) mod extract; // the query, form, headers and cookies as types
pub(crate) mod class; // views that are values: `View`, `MethodView`
mod by_method; // views that are put together of functions

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use http::Method;

use crate::error::Result;
use crate::maybe_ready::MaybeReady;
use crate::response::Response;

pub(crate) use self::argument::plain_json;
pub use self::argument::{Argument, Arguments, Converted, Path, State, Takes};
pub use self::arity::MakeView;
pub use self::by_method::{ByMethod, method_view};
pub use self::class::{MethodView, View, as_view};
pub use self::extract::{Cookies, FieldError, Form, Headers, Query};

/// A function that can be a view: sync or async, of 0 to 12 arguments.
///
/// Each argument is an [`Argument`]: the next variable of the URL, or an extractor. What it returns is an
/// [`IntoResponse`](crate::IntoResponse). `Marker` tells sync from async and is always inferred.
///
/// *Flask:* a view function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a view",
    label = "not a view function",
    note = "a view is a function or closure of 0 to 12 arguments, sync or async",
    note = "each argument is a URL variable (`String`, `i64`, `u32`, `f64`, `Uuid`, …) or an extractor (`Request`, `Json<T>`, …)",
    note = "it returns text, bytes, `Json<T>`, `Response`, a tuple with a status or headers, or a `Result` of these",
    note = "the future of an async view is `Send`: nothing that stays on its thread is held across an `.await`"
)]
pub trait IntoView<Marker> {
    /// Erases the function's type.
    #[doc(hidden)]
    fn into_view(self) -> ViewFunction;
}

type Call = dyn Fn(&mut Arguments<'_>) -> MaybeReady<Result<Response>> + Send + Sync;

/// A view whose type has been erased.
#[derive(Clone)]
pub struct ViewFunction {
    pub(crate) call: Arc<Call>,
    /// The name of the function, as an endpoint is named after it.
    pub(crate) name: Option<&'static str>,
    /// The type of a function that captures nothing: two views of one such type are one function.
    function: Option<TypeId>,
    /// What the arguments take of each function that the view calls.
    pub(crate) takes: Vec<FunctionTakes>,
    /// The methods that the view itself declares.
    pub(crate) methods: Option<Vec<String>>,
    /// Whether OPTIONS is answered for it, when the view itself says so.
    pub(crate) provide_automatic_options: Option<bool>,
}

/// What the arguments of one function take, for the checks before the first request.
#[derive(Debug, Clone)]
pub(crate) struct FunctionTakes {
    /// The method that the function answers, where the view has a function for each.
    pub(crate) method: Option<Method>,
    pub(crate) arguments: Arc<[Takes]>,
}

impl ViewFunction {
    pub(crate) fn new(
        name: Option<&'static str>,
        takes: Vec<FunctionTakes>,
        call: impl Fn(&mut Arguments<'_>) -> MaybeReady<Result<Response>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            call: Arc::new(call),
            name,
            function: None,
            takes,
            methods: None,
            provide_automatic_options: None,
        }
    }

    /// Makes a view of a function, which `call` calls.
    fn of<F: 'static>(
        arguments: Arc<[Takes]>,
        call: impl Fn(&mut Arguments<'_>) -> MaybeReady<Result<Response>> + Send + Sync + 'static,
    ) -> Self {
        let takes = FunctionTakes {
            method: None,
            arguments,
        };
        Self {
            function: (size_of::<F>() == 0).then(TypeId::of::<F>),
            ..Self::new(arity::function_name::<F>(), vec![takes], call)
        }
    }

    /// Calls the view. Decorators use it: functions that take a view and return another.
    ///
    /// ```
    /// use carafe::{App, IntoView, MaybeReady, Scaffold, ViewFunction, request};
    ///
    /// fn refuse_robots<M>(view: impl IntoView<M>) -> ViewFunction {
    ///     view.into_view().wrap(|view, arguments| {
    ///         if request().headers().contains_key("x-robot") {
    ///             return MaybeReady::Ready(carafe::make_response(("no robots", 403)));
    ///         }
    ///         view.call(arguments)
    ///     })
    /// }
    /// let mut app = App::new("docs");
    /// app.route("/", refuse_robots(|| "hello")).endpoint("index");
    /// assert_eq!(app.test_client().get("/").header("x-robot", "1").send().status(), 403);
    /// ```
    pub fn call(&self, arguments: &mut Arguments<'_>) -> MaybeReady<Result<Response>> {
        (self.call)(arguments)
    }

    /// Puts a function around the view, which keeps its name, its arguments and its methods.
    ///
    /// *Flask:* a decorator with `functools.wraps`.
    #[must_use]
    pub fn wrap(
        self,
        around: impl Fn(&ViewFunction, &mut Arguments<'_>) -> MaybeReady<Result<Response>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let inner = self.clone();
        Self {
            call: Arc::new(move |arguments| around(&inner, arguments)),
            function: None,
            ..self
        }
    }

    /// Whether both are one function, which may answer several URLs under one endpoint.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let same_function = || self.function.is_some() && self.function == other.function;
        Arc::ptr_eq(&self.call, &other.call) || same_function()
    }
}

/// Marks values that are views already.
#[derive(Debug)]
pub struct Erased;

impl IntoView<Erased> for ViewFunction {
    fn into_view(self) -> ViewFunction {
        self
    }
}

impl fmt::Debug for ViewFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ViewFunction")
            .field(&self.name.unwrap_or("{closure}"))
            .finish()
    }
}
