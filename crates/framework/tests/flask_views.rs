//! The behavior that Flask's `test_views` and `test_async` hold, where no recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt;
use std::sync::{Arc, Mutex};

use carafe::prelude::*;
use carafe::{ByMethod, IntoView, MethodView, View, ViewFunction, as_view, method_view};
use http::Method;

fn new_app() -> App {
    let mut app = App::new("flask_test");
    app.config.testing(true).secret_key("test key");
    app
}

fn allow(app: App) -> Vec<String> {
    let response = app.test_client().options("/").send();
    let allow = response.header("allow").unwrap();
    let mut methods: Vec<_> = allow.split(", ").map(str::to_owned).collect();
    methods.sort();
    methods
}

/// An app with one view at the front page.
fn app_of<M>(view: impl IntoView<M>) -> App {
    let mut app = new_app();
    app.route("/", view);
    app
}

struct GetAndPost;

impl MethodView for GetAndPost {
    async fn get(&mut self) -> Result {
        make_response("GET")
    }

    async fn post(&mut self) -> Result {
        make_response("POST")
    }
}

fn get_and_post() -> ByMethod {
    method_view("index").get(|| "GET").post(|| "POST")
}

/// Answers with the method of the request.
struct Index;

impl View for Index {
    fn methods() -> Option<Vec<&'static str>> {
        Some(vec!["GET", "POST"])
    }

    async fn dispatch_request(&mut self) -> Result {
        make_response(request().method().to_string())
    }
}

/// Answers with the method of the request, a turn of the runtime later.
struct Later;

impl View for Later {
    fn methods() -> Option<Vec<&'static str>> {
        Some(vec!["GET", "POST"])
    }

    async fn dispatch_request(&mut self) -> Result {
        make_response(method().await)
    }
}

/// As [`Later`], with a function for each method.
struct LaterByMethod;

impl MethodView for LaterByMethod {
    async fn get(&mut self) -> Result {
        make_response(method().await)
    }

    async fn post(&mut self) -> Result {
        make_response(method().await)
    }
}

async fn method() -> String {
    tokio::task::yield_now().await;
    request().method().to_string()
}

mod classes {
    use super::*;

    #[test]
    fn a_view_answers_the_methods_it_names() {
        let views: [fn() -> App; 3] = [
            || app_of(as_view("index", || Index)),
            || app_of(as_view("index", || GetAndPost)),
            || app_of(get_and_post()),
        ];
        for view in views {
            let client = view().test_client();
            assert_eq!(client.get("/").send().text(), "GET");
            assert_eq!(client.post("/").send().text(), "POST");
            assert_eq!(client.put("/").send().status(), 405);
            assert_eq!(allow(view()), ["GET", "HEAD", "OPTIONS", "POST"]);
        }
    }

    #[test]
    fn a_method_view_is_extended_by_further_methods() {
        let view = || get_and_post().delete(|| "DELETE");
        assert_eq!(
            allow(app_of(view())),
            ["DELETE", "GET", "HEAD", "OPTIONS", "POST"]
        );
        let client = app_of(view()).test_client();
        assert_eq!(client.get("/").send().text(), "GET");
        assert_eq!(client.delete("/").send().text(), "DELETE");
    }

    #[test]
    fn a_method_view_is_extended_by_another_type() {
        struct Extended(GetAndPost);

        impl MethodView for Extended {
            async fn get(&mut self) -> Result {
                self.0.get().await
            }

            async fn delete(&mut self) -> Result {
                make_response("DELETE")
            }
        }
        let view = || as_view("index", || Extended(GetAndPost));
        assert_eq!(allow(app_of(view())), ["DELETE", "GET", "HEAD", "OPTIONS"]);
        let client = app_of(view()).test_client();
        assert_eq!(client.get("/").send().text(), "GET");
        assert_eq!(client.delete("/").send().text(), "DELETE");
        assert_eq!(client.post("/").send().status(), 405);
    }

    #[test]
    fn a_method_view_says_itself_which_functions_are_around_it() {
        fn shouting(view: ViewFunction) -> ViewFunction {
            view.wrap(|view, arguments| {
                view.call(arguments).map(|answer| {
                    let mut response = answer?;
                    response.set_header("x-parachute", "awesome")?;
                    Ok(response)
                })
            })
        }
        struct Decorated;

        impl MethodView for Decorated {
            fn decorate(view: ViewFunction) -> ViewFunction {
                shouting(view)
            }

            async fn get(&mut self) -> Result {
                make_response("Awesome")
            }
        }
        let client = app_of(as_view("index", || Decorated)).test_client();
        let response = client.get("/").send();
        assert_eq!(response.header("x-parachute"), Some("awesome"));
        assert_eq!(response.text(), "Awesome");
    }

    #[test]
    fn a_method_view_is_put_together_of_parts() {
        fn getting(view: ByMethod) -> ByMethod {
            view.get(|| "GET")
        }
        fn deleting(view: ByMethod) -> ByMethod {
            view.delete(|| "DELETE")
        }
        let view = || deleting(getting(method_view("index")));
        let client = app_of(view()).test_client();
        assert_eq!(client.get("/").send().text(), "GET");
        assert_eq!(client.delete("/").send().text(), "DELETE");
        assert_eq!(allow(app_of(view())), ["DELETE", "GET", "HEAD", "OPTIONS"]);
    }

    #[test]
    fn a_method_view_answers_methods_that_few_know() {
        let propfind = Method::from_bytes(b"PROPFIND").unwrap();
        let view = method_view("index")
            .get(|| "GET")
            .on(propfind.clone(), || "PROPFIND");
        let client = app_of(view).test_client();
        assert_eq!(client.get("/").send().text(), "GET");
        assert_eq!(client.request(propfind, "/").send().text(), "PROPFIND");
    }

    #[test]
    fn head_is_answered_by_its_own_function_where_there_is_one() {
        struct Headed;

        impl MethodView for Headed {
            async fn get(&mut self) -> Result {
                make_response("GET")
            }

            async fn head(&mut self) -> Result {
                make_response(("", [("X-Method", "HEAD")]))
            }
        }
        let views = [
            as_view("index", || Headed),
            method_view("index")
                .get(|| "GET")
                .head(|| ("", [("X-Method", "HEAD")]))
                .into_view(),
        ];
        for view in views {
            let client = app_of(view).test_client();
            let response = client.get("/").send();
            assert_eq!(response.text(), "GET");
            assert_eq!(response.header("x-method"), None);
            let response = client.head("/").send();
            assert_eq!(response.text(), "");
            assert_eq!(response.header("x-method"), Some("HEAD"));
        }
    }

    #[test]
    fn head_is_answered_by_get() {
        struct Index;

        impl MethodView for Index {
            async fn get(&mut self) -> Result {
                let method = request().method().to_string();
                make_response(("Blub", [("X-Method", method)]))
            }
        }
        let view = as_view("index", || Index);
        let client = app_of(view).test_client();
        let response = client.get("/").send();
        assert_eq!(response.text(), "Blub");
        assert_eq!(response.header("x-method"), Some("GET"));
        let response = client.head("/").send();
        assert_eq!(response.text(), "");
        assert_eq!(response.header("x-method"), Some("HEAD"));
    }

    #[test]
    fn two_views_of_one_name_are_a_mistake() {
        let mut app = app_of(as_view("index", || Index));
        app.route("/other", as_view("index", || Index));
        let complaint = app.build().unwrap_err().to_string();
        assert!(
            complaint.contains("has another view already"),
            "{complaint}"
        );
    }
}

mod asynchronous {
    use super::*;

    macro_rules! errors {
        ($($name:ident)*) => {$(
            #[derive(Debug)]
            struct $name;

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(stringify!($name))
                }
            }

            impl std::error::Error for $name {}
        )*};
    }

    errors! { AppError BlueprintError }

    fn app_with_blueprint() -> App {
        let mut app = new_app();
        app.route("/", method).methods(["GET", "POST"]);
        app.route("/home", method).methods(["GET", "POST"]);
        app.route("/error", async || Err::<&str, _>(AppError))
            .endpoint("error");
        app.error_handler_for(|_: &AppError| async { ("", 412) });
        let mut blueprint = Blueprint::new("bp");
        blueprint.route("/", method).methods(["GET", "POST"]);
        blueprint
            .route("/error", async || Err::<&str, _>(BlueprintError))
            .endpoint("error");
        blueprint.error_handler_for(|_: &BlueprintError| async { ("", 412) });
        app.register_blueprint(blueprint, url_prefix("/bp"));
        app.route("/view", as_view("view", || Later));
        app.route("/methodview", as_view("methodview", || LaterByMethod));
        let functions = method_view("functions").get(method).post(method);
        app.route("/functions", functions);
        app
    }

    #[test]
    fn asynchronous_views_answer_wherever_they_are_registered() {
        let client = app_with_blueprint().test_client();
        for path in ["/", "/home", "/bp/", "/view", "/methodview", "/functions"] {
            assert_eq!(client.get(path).send().text(), "GET", "{path}");
            assert_eq!(client.post(path).send().text(), "POST", "{path}");
        }
    }

    #[test]
    fn asynchronous_error_handlers_answer() {
        let client = app_with_blueprint().test_client();
        for path in ["/error", "/bp/error"] {
            assert_eq!(client.get(path).send().status(), 412, "{path}");
        }
    }

    #[test]
    fn asynchronous_hooks_run_before_and_after() {
        let called: Arc<Mutex<Vec<&'static str>>> = Arc::default();
        let note = |name: &'static str| {
            let called = called.clone();
            move || {
                let called = called.clone();
                async move {
                    tokio::task::yield_now().await;
                    called.lock().unwrap().push(name);
                }
            }
        };
        let after = |name: &'static str| {
            let note = note(name);
            move |response: Response| {
                let noted = note();
                async move {
                    noted.await;
                    response
                }
            }
        };
        let mut app = new_app();
        app.before_request(note("app before"));
        app.after_request(after("app after"));
        app.route("/", || "").endpoint("index");
        let mut blueprint = Blueprint::new("bp");
        blueprint.before_request(note("bp before"));
        blueprint.after_request(after("bp after"));
        blueprint.route("/", || "").endpoint("index");
        app.register_blueprint(blueprint, url_prefix("/bp"));
        let client = app.test_client();
        client.get("/").send();
        assert_eq!(
            std::mem::take(&mut *called.lock().unwrap()),
            ["app before", "app after"]
        );
        client.get("/bp/").send();
        assert_eq!(
            *called.lock().unwrap(),
            ["app before", "bp before", "bp after", "app after"]
        );
    }
}
