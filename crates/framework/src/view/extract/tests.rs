#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::form::FileStorage;
use crate::testing::TestResponse;
use crate::{App, Error, Form, Headers, HttpError, Query, Scaffold};

/// Answers with what the query is read into.
fn query<T: DeserializeOwned + std::fmt::Debug + Send + 'static>(query: &str) -> TestResponse {
    let mut app = App::new("tests");
    app.route("/", |Query(value): Query<T>| format!("{value:?}"))
        .endpoint("view");
    app.test_client().get(&format!("/?{query}")).send()
}

fn post<M>(view: impl crate::IntoView<M>, content_type: &str, body: &str) -> TestResponse {
    let mut app = App::new("tests");
    app.post("/", view).endpoint("view");
    let client = app.test_client();
    let request = client.post("/").header("Content-Type", content_type);
    request.body(body.to_owned()).send()
}

fn part(head: &str, text: &str) -> String {
    format!("--B\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n")
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Up,
    Down,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "shown by Debug")]
struct Id(u64);

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "shown by Debug")]
struct Search {
    id: Id,
    flag: bool,
    order: Order,
    pair: (f64, char),
    #[serde(default)]
    numbers: Vec<i8>,
    missing: Option<u8>,
    blank: Option<u8>,
}

#[test]
fn text_becomes_the_types_of_the_fields() {
    let response = query::<Search>(
        "id=7&flag=ON&order=down&pair=1.5&pair=x&numbers=1&numbers=+-2&blank=&other=1",
    );
    assert_eq!(
        response.text(),
        "Search { id: Id(7), flag: true, order: Down, pair: (1.5, 'x'), numbers: [1, -2], missing: None, blank: None }"
    );
}

#[test]
fn maps_take_what_comes() {
    assert_eq!(
        query::<BTreeMap<String, String>>("b=1&a=2&b=3").text(),
        r#"{"a": "2", "b": "1"}"#
    );
    assert_eq!(
        query::<BTreeMap<String, Vec<u8>>>("b=1&a=2&b=3").text(),
        r#"{"a": [2], "b": [1, 3]}"#
    );
    assert_eq!(query::<Option<BTreeMap<String, u8>>>("").text(), "None");
}

#[test]
fn what_does_not_fit_is_told_by_its_path() {
    let told = |asked: TestResponse, what: &str| {
        assert_eq!(asked.status(), 400);
        assert!(asked.text().contains(what), "{}", asked.text());
    };
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "shown by Debug")]
    struct Numbers {
        n: Vec<u8>,
    }
    told(
        query::<Numbers>("n=1&n=256"),
        "The query does not fit: n[1]: invalid value",
    );
    told(
        query::<Numbers>("m=1"),
        "The query does not fit: missing field `n`",
    );
    told(
        query::<BTreeMap<String, bool>>("b=maybe"),
        "b: invalid value",
    );
    told(
        query::<BTreeMap<String, Order>>("b=left"),
        "b: unknown variant `left`",
    );
    told(
        query::<BTreeMap<String, BTreeMap<String, u8>>>("b=left"),
        "b: invalid type",
    );
    told(
        query::<BTreeMap<String, FileStorage>>("b=left"),
        "b: text where a file is wanted",
    );
    told(
        query::<BTreeMap<String, u8>>("b=%3Cscript%3E"),
        "&lt;script&gt;",
    );
}

#[test]
fn an_error_handler_shapes_the_refusal() {
    let mut app = App::new("tests");
    app.route("/", |Query(n): Query<BTreeMap<String, u8>>| {
        n.len().to_string()
    })
    .endpoint("view");
    app.error_handler(400, |error: &HttpError| {
        (error.description().into_owned(), 422)
    });
    let response = app.test_client().get("/?n=x").send();
    assert_eq!(response.status(), 422);
    assert_eq!(
        response.text(),
        "The query does not fit: n: invalid value: string \"x\", expected u8"
    );
}

#[derive(Deserialize)]
struct Upload {
    one: FileStorage,
    #[serde(default)]
    many: Vec<FileStorage>,
    maybe: Option<FileStorage>,
}

fn upload(Form(upload): Form<Upload>) -> Result<String, Error> {
    let many: Vec<_> = upload.many.iter().map(FileStorage::filename).collect();
    let one = String::from_utf8_lossy(&upload.one.read()?).into_owned();
    Ok(format!("{one} {many:?} {}", upload.maybe.is_some()))
}

#[test]
fn files_are_fields_of_a_form() {
    let multipart = "multipart/form-data; boundary=B";
    let body = [
        part("name=many; filename=a", "1"),
        part("name=one; filename=one.txt", "first"),
        part("name=many; filename=b", "2"),
        part("name=maybe; filename=\"\"", ""),
        "--B--".to_owned(),
    ];
    let response = post(upload, multipart, &body.concat());
    assert_eq!(response.text(), r#"first ["a", "b"] false"#);

    let body = part("name=one; filename=\"\"", "") + "--B--";
    let response = post(upload, multipart, &body);
    assert!(response.text().contains("missing field `one`"));

    let body = part("name=one", "text") + "--B--";
    let response = post(upload, multipart, &body);
    assert!(response.text().contains("one: text where a file is wanted"));

    let texts = |Form(texts): Form<BTreeMap<String, String>>| texts.len().to_string();
    let body = part("name=one; filename=a", "text") + "--B--";
    let response = post(texts, multipart, &body);
    assert!(response.text().contains("one: a file where text is wanted"));
}

#[test]
fn a_body_that_is_no_form_is_refused() {
    let view = |Form(texts): Form<BTreeMap<String, String>>| texts.len().to_string();
    assert_eq!(post(view, "application/json", "{}").status(), 415);
    assert_eq!(
        post(view, "application/x-www-form-urlencoded", "a=1").text(),
        "1"
    );
}

#[test]
fn a_file_is_not_found_outside_of_a_form() {
    let view = |crate::Json(file): crate::Json<FileStorage>| file.len().to_string();
    assert_eq!(post(view, "application/json", "0").status(), 400);
}

#[test]
fn all_headers_go_into_a_map() {
    let mut app = App::new("tests");
    let view = |Headers(headers): Headers<BTreeMap<String, Vec<String>>>| format!("{headers:?}");
    app.route("/", view).endpoint("view");
    let client = app.test_client();
    let response = client.get("/").header("X-A", "1").header("X-A", "2").send();
    assert!(response.text().contains(r#""x-a": ["1", "2"]"#));
}
