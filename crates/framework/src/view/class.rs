//! Views that are values: one method for all, or one for each HTTP method. Flask: `flask.views`.

use std::fmt;
use std::sync::Arc;

use http::Method;

use crate::error::{Error, Result};
use crate::maybe_ready::MaybeReady;
use crate::response::Response;
use crate::view::{Arguments, IntoView, ViewFunction};

/// A view that is a value of yours.
///
/// Register it with [`as_view`], which makes a fresh value for each request or shares one.
///
/// *Flask:* `flask.views.View`.
pub trait View: Send + 'static {
    /// The methods that the view answers; none for the default of a route.
    fn methods() -> Option<Vec<&'static str>>
    where
        Self: Sized,
    {
        None
    }

    /// Whether OPTIONS is answered for the view; none for the default.
    fn provide_automatic_options() -> Option<bool>
    where
        Self: Sized,
    {
        None
    }

    /// Answers the request.
    ///
    /// *Flask:* `View.dispatch_request`.
    fn dispatch_request(&mut self, arguments: &mut Arguments<'_>) -> MaybeReady<Result<Response>>;
}

/// Makes a view function of a [`View`]: `make` gives a fresh value for each request.
///
/// To share one value between requests, let `make` clone an `Arc` of it.
///
/// *Flask:* `View.as_view`; the arguments that Flask passes on are what the closure captures.
///
/// ```
/// use carafe::{App, Arguments, MaybeReady, Response, Result, Scaffold, View, as_view, make_response};
///
/// struct Greeting(&'static str);
///
/// impl View for Greeting {
///     fn dispatch_request(&mut self, arguments: &mut Arguments<'_>) -> MaybeReady<Result<Response>> {
///         let name = arguments.view_args().get("name").and_then(|name| name.as_str().map(str::to_owned));
///         MaybeReady::Ready(make_response(format!("{} {}", self.0, name.unwrap_or_default())))
///     }
/// }
///
/// let mut app = App::new("docs");
/// app.route("/hello/<name>", as_view("hello", || Greeting("hello")));
/// assert_eq!(app.test_client().get("/hello/ada").send().text(), "hello ada");
/// ```
pub fn as_view<V: View>(
    name: &'static str,
    make: impl Fn() -> V + Send + Sync + 'static,
) -> ViewFunction {
    let mut view = ViewFunction::new(Some(name), None, move |arguments| {
        make().dispatch_request(arguments)
    });
    view.methods = V::methods().map(|methods| methods.into_iter().map(str::to_owned).collect());
    view.provide_automatic_options = V::provide_automatic_options();
    view
}

/// A view with a function for each HTTP method.
///
/// HEAD falls back to GET. The methods that have functions are those that the route answers, unless
/// [`methods`](Self::methods) names others.
///
/// *Flask:* `flask.views.MethodView`, whose methods are looked up by name; here they are named one by one.
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
#[must_use = "a method view answers nothing until it is given to a route"]
pub struct MethodView {
    name: &'static str,
    functions: Vec<(Method, ViewFunction)>,
    methods: Option<Vec<String>>,
}

/// Starts a view with a function for each HTTP method.
pub fn method_view(name: &'static str) -> MethodView {
    MethodView {
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

impl MethodView {
    methods!(get GET, post POST, put PUT, patch PATCH, delete DELETE, head HEAD, options OPTIONS);

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
}

/// Marks method views.
#[derive(Debug)]
pub struct ByMethod;

impl IntoView<ByMethod> for MethodView {
    fn into_view(self) -> ViewFunction {
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
        let mut view = ViewFunction::new(Some(self.name), None, move |arguments| {
            let wanted = arguments.request().method();
            let find = |method: &Method| functions.iter().find(|(own, _)| own == method);
            let found = find(wanted).or_else(|| {
                (wanted == Method::HEAD)
                    .then(|| find(&Method::GET))
                    .flatten()
            });
            match found {
                Some((_, function)) => function.call(arguments),
                // The route allows a method that the view has no function for: a mistake of the app.
                None => {
                    MaybeReady::Ready(Err(Error::msg(format!("unimplemented method {wanted}"))))
                }
            }
        });
        view.methods = Some(methods);
        view
    }
}

impl fmt::Debug for MethodView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods: Vec<_> = self.functions.iter().map(|(method, _)| method).collect();
        f.debug_struct("MethodView")
            .field("name", &self.name)
            .field("methods", &methods)
            .finish()
    }
}
