//! Reading the body of a request.

use carafe::json::GetJson;
use carafe::{Connection, GetData, RequestBody};
use futures_util::{StreamExt, TryStreamExt};
use http_body_util::BodyExt;
use tower_service::Service;

use crate::*;

#[tokio::test]
async fn a_service_around_the_app_may_change_a_body_on_its_way() {
    let mut app = App::new("tests");
    app.post("/", async || {
        Ok::<_, Error>(request().form().await?.require("foo")?.clone())
    })
    .endpoint("index");
    let mut app = app.build().unwrap();
    let body = http_body_util::Full::new(bytes::Bytes::from("foo=Hello+World"));
    let lowered = body
        .map_frame(|frame| frame.map_data(|data| bytes::Bytes::from(data.to_ascii_lowercase())));
    let request = http::Request::post("/")
        .header("Host", "localhost")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .extension(Connection::default())
        .body(RequestBody::new(lowered));
    let response = app.call(request.unwrap()).await.unwrap();
    let text = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(text, "hello world");
}

#[tokio::test]
async fn data_reads_a_form_as_one() {
    let request = posted_form();
    assert!(request.data().await.unwrap().is_empty());
    assert_eq!(
        pairs(request.form().await.unwrap()),
        [("foo", "Hello World")]
    );
}

#[tokio::test]
async fn what_is_kept_of_a_body_stays_for_the_form() {
    let (kept, bytes) = (GetData::default(), "foo=Hello+World");
    let fields = [("foo", "Hello World")];

    let request = posted_form();
    assert_eq!(request.get_data(kept).await.unwrap(), bytes);
    assert_eq!(pairs(request.form().await.unwrap()), fields);
    assert_eq!(request.get_data(kept).await.unwrap(), bytes);

    let request = posted_form();
    assert_eq!(pairs(request.form().await.unwrap()), fields);
    assert!(request.get_data(kept).await.unwrap().is_empty());

    let request = posted_form();
    let gone = GetData {
        cache: false,
        ..kept
    };
    assert_eq!(request.get_data(gone).await.unwrap(), bytes);
    assert!(request.get_data(gone).await.unwrap().is_empty());
    assert!(request.form().await.unwrap().is_empty());

    let request = posted_form();
    let parsed = GetData {
        parse_form_data: true,
        ..kept
    };
    assert!(request.get_data(parsed).await.unwrap().is_empty());
    assert_eq!(pairs(request.form().await.unwrap()), fields);
}

#[tokio::test]
async fn a_stream_is_read_once() {
    let request = made("/", |request| request.method("POST").body("Hello World"));
    let chunks: Vec<_> = request.stream().unwrap().try_collect().await.unwrap();
    assert_eq!(chunks.concat(), b"Hello World");
    assert_eq!(request.stream().unwrap().count().await, 0);
    assert!(request.data().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_body_that_is_kept_is_streamed_once_more_where_a_form_was_looked_for() {
    for (content_type, counts) in [("", [0, 0]), ("text/plain", [1, 0])] {
        let request = made("/", |request| {
            let request = request.method("POST").body("Hello World");
            request.header("Content-Type", content_type)
        });
        assert_eq!(
            request.get_data(GetData::default()).await.unwrap(),
            "Hello World"
        );
        assert_eq!(request.stream().unwrap().count().await, 0);
        assert!(request.form().await.unwrap().is_empty());
        for count in counts {
            assert_eq!(request.stream().unwrap().count().await, count);
        }
        assert_eq!(request.data().await.unwrap(), "Hello World");
    }
}

#[tokio::test]
async fn a_malformed_form_is_empty() {
    for (content_type, body) in [
        ("multipart/form-data; boundary=foo", "--blah\r\n"),
        (", ", "test"),
    ] {
        let request = made("/", |request| {
            let request = request.method("POST").body(body);
            request.header("Content-Type", content_type)
        });
        assert!(request.files().await.unwrap().is_empty());
        assert!(request.form().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn any_method_may_carry_a_body() {
    let request = made("/", |request| {
        let request = request.method("MADE_UP").body("Hello World");
        request.header("Content-Type", "text/plain")
    });
    assert_eq!(request.data().await.unwrap(), "Hello World");
}

#[tokio::test]
async fn values_are_arguments_and_then_fields_but_for_get() {
    let fields = [("a", "2"), ("b", "2")];
    let values = async |method: &str| {
        let request = made("/?a=1", |request| request.method(method).form(fields));
        request.values().await.unwrap()
    };
    assert_eq!(
        pairs(&values("POST").await),
        [("a", "1"), ("a", "2"), ("b", "2")]
    );
    assert_eq!(pairs(&values("DELETE").await).len(), 3);
    assert_eq!(pairs(&values("GET").await), [("a", "1")]);
}

fn with_json(content_type: &str, body: &'static str) -> Request {
    made("/", |request| {
        let request = request.method("POST").body(body);
        request.header("Content-Type", content_type)
    })
}

async fn get_json(request: &Request, options: GetJson) -> Result<String, u16> {
    let value = request.get_json(options).await;
    let told = value.map(|value| serde_json::to_string(&value).unwrap());
    told.map_err(|error| error.as_http().map_or(0, HttpError::code))
}

#[tokio::test]
async fn json_is_read_and_the_body_stays() {
    let request = with_json("application/json", "{\"ä\": \"b\"}");
    let value: serde_json::Value = request.json().await.unwrap();
    assert_eq!(value["ä"], "b");
    assert!(!request.data().await.unwrap().is_empty());
}

#[tokio::test]
async fn json_of_another_type_or_none_is_refused_unless_told_otherwise() {
    let (plain, silent, force) = (
        GetJson::default(),
        GetJson {
            silent: true,
            ..GetJson::default()
        },
        GetJson {
            force: true,
            ..GetJson::default()
        },
    );
    let request = with_json("text/plain", "[1,2,3]");
    assert_eq!(get_json(&request, plain).await, Err(415));
    assert_eq!(get_json(&request, silent).await.unwrap(), "null");
    assert_eq!(get_json(&request, force).await.unwrap(), "[1,2,3]");

    let request = with_json("application/json", "{\"a\":}");
    assert_eq!(get_json(&request, silent).await.unwrap(), "null");
    assert_eq!(get_json(&request, plain).await, Err(400));
}

#[tokio::test]
async fn json_that_is_not_kept_is_read_once() {
    let request = with_json("application/json", "[1,2,3]");
    let once = GetJson {
        cache: false,
        ..GetJson::default()
    };
    assert_eq!(get_json(&request, once).await.unwrap(), "[1,2,3]");
    assert!(request.data().await.unwrap().is_empty());
    assert_eq!(get_json(&request, GetJson::default()).await, Err(400));
}

#[tokio::test]
async fn limits_of_the_configuration_give_way_to_those_of_the_request() {
    let mut app = App::new("tests");
    app.config
        .max_content_length(100)
        .max_form_memory_size(50)
        .max_form_parts(3);
    let app = app.build().unwrap();
    let request = app
        .test_request_context("/")
        .build()
        .unwrap()
        .request()
        .unwrap();
    let limits = || {
        let (length, memory) = (request.max_content_length(), request.max_form_memory_size());
        [length, memory, request.max_form_parts()]
    };
    assert_eq!(limits(), [Some(100), Some(50), Some(3)]);
    request.set_max_content_length(90);
    request.set_max_form_memory_size(30);
    request.set_max_form_parts(4);
    assert_eq!(limits(), [Some(90), Some(30), Some(4)]);
    request.set_max_content_length(None);
    assert_eq!(limits(), [Some(100), Some(30), Some(4)]);
    let other = app
        .test_request_context("/")
        .build()
        .unwrap()
        .request()
        .unwrap();
    assert_eq!(other.max_form_parts(), Some(3));
    let plain = made("/", |request| request);
    assert_eq!(plain.max_content_length(), None);
    assert_eq!(plain.max_form_memory_size(), Some(500_000));
    assert_eq!(plain.max_form_parts(), Some(1000));
}
