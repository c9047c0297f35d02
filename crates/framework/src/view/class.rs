//! Views that are values: one function for all methods, or one for each HTTP method. Flask: `flask.views`.

use std::any::TypeId;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Method;

use crate::context::request;
use crate::error::{Error, Result};
use crate::response::Response;
use crate::view::ViewFunction;
use crate::view::arity::MakeView;

/// A view that is a value of yours, made for each request.
///
/// [`as_view`] makes a view function of it, and says what the value is made of: the URL's variables, extractors,
/// and what the app gave. The fields are what a class has in `self` and what its function gets as arguments.
///
/// *Flask:* `flask.views.View`.
///
/// ```
/// use carafe::prelude::*;
/// use carafe::{View, as_view};
///
/// struct Greeting {
///     word: &'static str,
///     name: String,
/// }
///
/// impl View for Greeting {
///     async fn dispatch_request(&mut self) -> Result {
///         make_response(format!("{} {}", self.word, self.name))
///     }
/// }
///
/// let mut app = App::new("docs");
/// app.route("/hello/<name>", as_view("hello", |name: String| Greeting { word: "hello", name }));
/// app.route("/bye/<name>", as_view("bye", |name: String| Greeting { word: "bye", name }));
/// assert_eq!(app.test_client().get("/hello/ada").send().text(), "hello ada");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a view",
    note = "implement `View` or `MethodView` for it"
)]
pub trait View: Send + 'static {
    /// The methods that the view answers; none for the default of a route.
    fn methods() -> Option<Vec<&'static str>> {
        None
    }

    /// Whether OPTIONS is answered for the view; none for the default.
    fn provide_automatic_options() -> Option<bool> {
        None
    }

    /// Puts other functions around the view, the first one innermost.
    ///
    /// *Flask:* `View.decorators`.
    ///
    /// ```
    /// use carafe::prelude::*;
    /// use carafe::{MaybeReady, View, ViewFunction, as_view};
    ///
    /// fn members_only(view: ViewFunction) -> ViewFunction {
    ///     view.wrap(|view, arguments| match request().args().contains("member") {
    ///         true => view.call(arguments),
    ///         false => MaybeReady::Ready(make_response(("members only", 403))),
    ///     })
    /// }
    ///
    /// struct Club;
    ///
    /// impl View for Club {
    ///     fn decorate(view: ViewFunction) -> ViewFunction {
    ///         members_only(view)
    ///     }
    ///
    ///     async fn dispatch_request(&mut self) -> Result {
    ///         make_response("welcome")
    ///     }
    /// }
    ///
    /// let mut app = App::new("docs");
    /// app.route("/club", as_view("club", || Club));
    /// assert_eq!(app.test_client().get("/club").send().status(), 403);
    /// ```
    fn decorate(view: ViewFunction) -> ViewFunction {
        view
    }

    /// Answers the request. A function that waits for nothing is written the same.
    ///
    /// *Flask:* `View.dispatch_request`.
    fn dispatch_request(&mut self) -> impl Future<Output = Result<Response>> + Send;
}

/// A view that is a value of yours, with a function for each HTTP method.
///
/// The route answers the methods whose functions are written, unless [`methods`](Self::methods) names others.
/// HEAD falls back to GET. Each type that implements it is a [`View`].
///
/// [`method_view`](crate::method_view) puts functions together whose arguments differ from method to method.
///
/// *Flask:* `flask.views.MethodView`.
///
/// ```
/// use carafe::prelude::*;
/// use carafe::{MethodView, as_view};
///
/// struct Item {
///     id: i64,
/// }
///
/// impl MethodView for Item {
///     async fn get(&mut self) -> Result {
///         make_response(format!("item {}", self.id))
///     }
///
///     async fn delete(&mut self) -> Result {
///         make_response(("", 204))
///     }
/// }
///
/// let mut app = App::new("docs");
/// app.route("/item/<int:id>", as_view("item", |id: i64| Item { id }));
/// let client = app.test_client();
/// assert_eq!(client.get("/item/7").send().text(), "item 7");
/// assert_eq!(client.delete("/item/7").send().status(), 204);
/// assert_eq!(client.post("/item/7").send().status(), 405);
/// ```
pub trait MethodView: Send + 'static {
    /// The methods that the view answers; none for those whose functions are written.
    fn methods() -> Option<Vec<&'static str>> {
        None
    }

    /// Whether OPTIONS is answered for the view; none for the default: yes, unless it has a function for it.
    fn provide_automatic_options() -> Option<bool> {
        None
    }

    /// Puts other functions around the view, as [`View::decorate`] does.
    fn decorate(view: ViewFunction) -> ViewFunction {
        view
    }

    /// Answers GET, and HEAD where that has no function.
    fn get(&mut self) -> impl Future<Output = Result<Response>> + Send {
        Unwritten
    }

    /// Answers HEAD.
    fn head(&mut self) -> impl Future<Output = Result<Response>> + Send {
        Unwritten
    }

    /// Answers POST.
    fn post(&mut self) -> impl Future<Output = Result<Response>> + Send {
        Unwritten
    }

    /// Answers PUT.
    fn put(&mut self) -> impl Future<Output = Result<Response>> + Send {
        Unwritten
    }

    /// Answers PATCH.
    fn patch(&mut self) -> impl Future<Output = Result<Response>> + Send {
        Unwritten
    }

    /// Answers DELETE.
    fn delete(&mut self) -> impl Future<Output = Result<Response>> + Send {
        Unwritten
    }

    /// Answers OPTIONS.
    fn options(&mut self) -> impl Future<Output = Result<Response>> + Send {
        Unwritten
    }

    /// Answers TRACE.
    fn trace(&mut self) -> impl Future<Output = Result<Response>> + Send {
        Unwritten
    }
}

impl<T: MethodView> View for T {
    fn methods() -> Option<Vec<&'static str>> {
        T::methods().or_else(|| Some(written_methods::<T>()))
    }

    fn provide_automatic_options() -> Option<bool> {
        T::provide_automatic_options()
    }

    fn decorate(view: ViewFunction) -> ViewFunction {
        T::decorate(view)
    }

    async fn dispatch_request(&mut self) -> Result<Response> {
        match *request().method() {
            Method::GET => self.get().await,
            Method::HEAD if is_written(T::head) => self.head().await,
            Method::HEAD => self.get().await,
            Method::POST => self.post().await,
            Method::PUT => self.put().await,
            Method::PATCH => self.patch().await,
            Method::DELETE => self.delete().await,
            Method::OPTIONS => self.options().await,
            Method::TRACE => self.trace().await,
            _ => Unwritten.await,
        }
    }
}

fn written_methods<T: MethodView>() -> Vec<&'static str> {
    let functions = [
        ("GET", is_written(T::get)),
        ("HEAD", is_written(T::head)),
        ("POST", is_written(T::post)),
        ("PUT", is_written(T::put)),
        ("PATCH", is_written(T::patch)),
        ("DELETE", is_written(T::delete)),
        ("OPTIONS", is_written(T::options)),
        ("TRACE", is_written(T::trace)),
    ];
    let written = functions.into_iter().filter(|(_, is_written)| *is_written);
    written.map(|(method, _)| method).collect()
}

/// Whether a function is the type's own: the provided ones are known by what they return.
fn is_written<T: 'static, F: 'static>(_: impl FnOnce(&'static mut T) -> F) -> bool {
    TypeId::of::<F>() != TypeId::of::<Unwritten>()
}

/// The answer of a function that the type did not write, although its `methods` names the method.
#[derive(Debug)]
struct Unwritten;

impl Future for Unwritten {
    type Output = Result<Response>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Err(unimplemented_method(request().method())))
    }
}

/// The route allows a method that the view has no function for: a mistake of the app.
pub(super) fn unimplemented_method(method: &Method) -> Error {
    Error::msg(format!("unimplemented method {method}"))
}

/// Makes a view function of a [`View`] or a [`MethodView`].
///
/// `make` gives a value for each request. It takes what a view function may take: the variables of the URL and
/// extractors, which are checked at start-up as those of functions are. What it captures is the same for every
/// request: clone an `Arc` of what requests share.
///
/// *Flask:* `View.as_view`, where `make` stands for `__init__`; capturing an `Arc` is `init_every_request = False`.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// use carafe::prelude::*;
/// use carafe::{MethodView, as_view};
///
/// struct Visits {
///     count: Arc<AtomicU32>,
/// }
///
/// impl MethodView for Visits {
///     async fn get(&mut self) -> Result {
///         make_response(self.count.fetch_add(1, Ordering::Relaxed).to_string())
///     }
/// }
///
/// let mut app = App::new("docs");
/// let count = Arc::new(AtomicU32::new(1));
/// app.route("/visits", as_view("visits", move || Visits { count: count.clone() }));
/// let client = app.test_client();
/// assert_eq!(client.get("/visits").send().text(), "1");
/// assert_eq!(client.get("/visits").send().text(), "2");
/// ```
pub fn as_view<V: View, M>(name: &'static str, make: impl MakeView<V, M>) -> ViewFunction {
    let mut view = make.into_view_function();
    view.name = Some(name);
    // Each call makes another view, even of one function.
    view.function = None;
    view.methods = V::methods().map(|methods| methods.into_iter().map(str::to_owned).collect());
    view.provide_automatic_options = V::provide_automatic_options();
    V::decorate(view)
}
