//! A view that is put together of functions, one for each HTTP method. Flask: `flask.views.MethodView`.

use std::fmt;
use std::sync::Arc;

use http::Method;

use crate::maybe_ready::MaybeReady;
use crate::view::class::unimplemented_method;
use crate::view::{FunctionTakes, IntoView, ViewFunction};

/// A view with a function for each HTTP method, which [`method_view`] begins.
///
/// HEAD falls back to GET. The methods that have functions are those that the route answers, unless
/// [`methods`](Self::methods) names others.
#[must_use = "a method view answers nothing until it is given to a route"]
pub struct ByMethod {
    name: &'static str,
    functions: Vec<(Method, ViewFunction)>,
    methods: Option<Vec<String>>,
}

/// Begins a view with a function for each HTTP method, each with arguments of its own.
///
/// [`MethodView`](crate::MethodView) is the same for a type of yours.
///
/// *Flask:* `flask.views.MethodView`.
///
/// ```
/// use carafe::{App, Scaffold, method_view};
///
/// let mut app = App::new("docs");
/// app.route(
///     "/item/<int:id>",
///     method_view("item").get(|id: i64| format!("item {id}")).delete(|_id: i64| ("", 204)),
/// );
/// let client = app.test_client();
/// assert_eq!(client.get("/item/7").send().text(), "item 7");
/// assert_eq!(client.delete("/item/7").send().status(), 204);
/// assert_eq!(client.post("/item/7").send().status(), 405);
/// ```
pub fn method_view(name: &'static str) -> ByMethod {
    ByMethod {
        name,
        functions: Vec::new(),
        methods: None,
    }
}

macro_rules! methods {
    ($($function:ident $method:ident),*) => {$(
        #[doc = concat!("Answers ", stringify!($method), " with a view function.")]
        pub fn $function<M>(self, view: impl IntoView<M>) -> Self {
            self.on(Method::$method, view)
        }
    )*};
}

impl ByMethod {
    methods!(get GET, post POST, put PUT, patch PATCH, delete DELETE, head HEAD, options OPTIONS, trace TRACE);

    /// Answers a method with a view function.
    pub fn on<M>(mut self, method: Method, view: impl IntoView<M>) -> Self {
        self.functions.push((method, view.into_view()));
        self
    }

    /// Names the methods of the route, in place of those that have functions.
    pub fn methods<S: Into<String>>(mut self, methods: impl IntoIterator<Item = S>) -> Self {
        self.methods = Some(methods.into_iter().map(Into::into).collect());
        self
    }

    fn takes(&self) -> Vec<FunctionTakes> {
        let all = self.functions.iter().flat_map(|(method, function)| {
            function.takes.iter().map(|takes| FunctionTakes {
                method: Some(method.clone()),
                ..takes.clone()
            })
        });
        all.collect()
    }
}

/// Marks method views.
#[derive(Debug)]
pub struct OfFunctions;

impl IntoView<OfFunctions> for ByMethod {
    fn into_view(self) -> ViewFunction {
        let takes = self.takes();
        let methods = self.methods.unwrap_or_else(|| {
            let mut methods: Vec<String> = self
                .functions
                .iter()
                .map(|(method, _)| method.to_string())
                .collect();
            methods.dedup();
            methods
        });
        let functions: Arc<[_]> = self.functions.into();
        let mut view = ViewFunction::new(Some(self.name), takes, move |arguments| {
            let wanted = arguments.request().method();
            let find = |method: &Method| functions.iter().find(|(own, _)| own == method);
            let found = find(wanted).or_else(|| {
                (wanted == Method::HEAD)
                    .then(|| find(&Method::GET))
                    .flatten()
            });
            match found {
                Some((_, function)) => function.call(arguments),
                None => MaybeReady::Ready(Err(unimplemented_method(wanted))),
            }
        });
        view.methods = Some(methods);
        view
    }
}

impl fmt::Debug for ByMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods: Vec<_> = self.functions.iter().map(|(method, _)| method).collect();
        f.debug_struct("ByMethod")
            .field("name", &self.name)
            .field("methods", &methods)
            .finish()
    }
}
