//! Views that are values, and functions around views.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use carafe::prelude::*;
use carafe::routing::{BigInt, Uuid, Values};
use carafe::{Body, IntoView, MethodView, RequestBody, View, as_view, method_view};
use futures_util::stream;
use http::Method;
use tower_service::Service;

#[derive(Clone, Default)]
struct Counting(Arc<AtomicU32>);

impl View for Counting {
    async fn dispatch_request(&mut self) -> Result {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        make_response(count.to_string())
    }
}

#[test]
fn a_view_is_made_for_each_request_or_shared() {
    let mut app = App::new("test");
    app.route("/fresh", as_view("fresh", Counting::default));
    let shared = Counting::default();
    app.route("/shared", as_view("shared", move || shared.clone()));
    let client = app.test_client();
    let twice = |path: &str| {
        [
            client.get(path).send().text(),
            client.get(path).send().text(),
        ]
    };
    assert_eq!(twice("/fresh"), ["1", "1"]);
    assert_eq!(twice("/shared"), ["1", "2"]);
}

#[test]
fn two_views_made_apart_cannot_share_an_endpoint() {
    let mut app = App::new("test");
    app.route("/a", as_view("counting", Counting::default));
    app.route("/b", as_view("counting", Counting::default));
    assert!(app.build().is_err());
}

struct Item {
    id: i64,
}

impl MethodView for Item {
    async fn get(&mut self) -> Result {
        make_response(format!("item {}", self.id))
    }

    async fn put(&mut self) -> Result {
        let name = request().form().await?.require("name")?.to_owned();
        make_response(format!("item {} is {name}", self.id))
    }
}

#[test]
fn a_view_is_made_of_the_variables_of_the_url() {
    let mut app = App::new("test");
    app.route("/<int:id>", as_view("item", |id: i64| Item { id }));
    let client = app.test_client();
    assert_eq!(client.get("/7").send().text(), "item 7");
    assert_eq!(client.head("/7").send().status(), 200);
    let put = client.put("/7").form([("name", "seven")]);
    assert_eq!(put.send().text(), "item 7 is seven");
    let response = client.delete("/7").send();
    assert_eq!(response.status(), 405);
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS, PUT"));
}

#[test]
fn what_a_view_is_made_of_is_checked_at_start_up() {
    let mut app = App::new("test");
    app.route("/<name>", as_view("item", |id: i64| Item { id }));
    app.route(
        "/",
        method_view("front").get(|| "").delete(|_: i64| ("", 204)),
    );
    let complaint = app.build().unwrap_err().to_string();
    assert!(
        complaint.contains("the variable `name` is of type text, and the view takes a `i64`"),
        "{complaint}"
    );
    assert!(
        complaint.contains("the view's function for DELETE takes 1 of the URL's variables"),
        "{complaint}"
    );
}

#[test]
fn a_method_without_a_function_is_a_mistake_of_the_app() {
    struct Incomplete;
    impl MethodView for Incomplete {
        fn methods() -> Option<Vec<&'static str>> {
            Some(vec!["GET", "DELETE", "PROPFIND"])
        }

        async fn get(&mut self) -> Result {
            make_response("item")
        }
    }
    let of_functions = method_view("item")
        .methods(["GET", "DELETE", "PROPFIND"])
        .get(|| "item")
        .into_view();
    for view in [as_view("item", || Incomplete), of_functions] {
        let mut app = App::new("test");
        app.route("/", view);
        app.any_error_handler(|error: &Error| (error.to_string(), 500));
        let client = app.test_client();
        assert_eq!(client.head("/").send().status(), 200);
        for method in [Method::DELETE, Method::from_bytes(b"PROPFIND").unwrap()] {
            let complaint = format!("unimplemented method {method}");
            assert_eq!(client.request(method, "/").send().text(), complaint);
        }
    }
}

#[test]
fn a_decorator_changes_answers_that_are_there_and_answers_that_come() {
    fn tagged<M>(view: impl IntoView<M>) -> carafe::ViewFunction {
        view.into_view().wrap(|view, arguments| {
            view.call(arguments).map(|answer| {
                let mut response = answer?;
                response.set_header("x-tag", "yes")?;
                Ok(response)
            })
        })
    }
    let mut app = App::new("test");
    app.route("/now", tagged(|| "now")).endpoint("now");
    app.route("/later", tagged(async || "later"))
        .endpoint("later");
    let client = app.test_client();
    assert_eq!(client.get("/now").send().header("x-tag"), Some("yes"));
    assert_eq!(client.get("/later").send().header("x-tag"), Some("yes"));
}

#[tokio::test]
async fn a_stream_that_fails_at_once_is_answered_with_a_500() {
    fn failing() -> Response {
        let chunks = stream::once(async { Err::<&str, _>(Error::msg("no chunk")) });
        Response::new(Body::stream(chunks))
    }
    let mut app = App::new("test");
    app.route("/", failing);
    let mut app = app.build().unwrap();
    let status = async |app: &mut carafe::ReadyApp, method: &str| {
        let request = http::Request::builder().method(method).uri("/");
        let request = request.body(RequestBody::default()).unwrap();
        app.call(request).await.unwrap().status()
    };
    assert_eq!(status(&mut app, "GET").await, 500);
    // The body of an answer to HEAD is never asked for.
    assert_eq!(status(&mut app, "HEAD").await, 200);
}

#[test]
fn a_form_is_read_as_its_content_type_says() {
    async fn fields() -> Result<String> {
        let request = request();
        let values = request.values().await?;
        let form = request.form().await?;
        Ok(format!(
            "{:?} {:?} {}",
            values.get("a"),
            form.get("b"),
            request.data().await?.len()
        ))
    }
    let mut app = App::new("test");
    app.route("/", fields).methods(["GET", "POST"]);
    let client = app.test_client();
    let form = client
        .post("/?a=query")
        .form([("a", "form"), ("b", "2")])
        .send();
    assert_eq!(form.text(), r#"Some("query") Some("2") 0"#);
    let text = client
        .post("/")
        .header("content-type", "text/plain")
        .body("b=2")
        .send();
    assert_eq!(text.text(), "None None 3");
}

#[test]
fn the_variables_of_a_url_go_into_json_and_into_sessions() {
    fn keep(id: Uuid, number: BigInt) -> Result<String> {
        session().insert("id", id)?;
        session().insert("number", &number)?;
        Ok(number.to_string())
    }
    fn show() -> Result<String> {
        let id: Option<Uuid> = session().get("id");
        let number: Option<BigInt> = session().get("number");
        Ok(format!("{} {}", id.or_404()?, number.or_404()?))
    }
    let mut app = App::new("test");
    app.config.secret_key("key");
    app.route("/json/<uuid:id>/<int:number>/<path:rest>", |_: Values| {
        jsonify(request().view_args())
    })
    .endpoint("json");
    app.route("/keep/<uuid:id>/<int:number>", keep);
    app.route("/", show);
    let client = app.test_client();
    let (id, number) = (
        "0d1e2f30-4152-6374-8596-a7b8c9daebfc",
        "18446744073709551616",
    );
    let json = client.get(&format!("/json/{id}/{number}/a/b")).send();
    let expected = format!("{{\"id\":\"{id}\",\"number\":{number},\"rest\":\"a/b\"}}\n");
    assert_eq!(json.text(), expected);
    client.get(&format!("/keep/{id}/{number}")).send();
    assert_eq!(client.get("/").send().text(), format!("{id} {number}"));
    client.get(&format!("/keep/{id}/7")).send();
    assert_eq!(client.get("/").send().text(), format!("{id} 7"));
}
