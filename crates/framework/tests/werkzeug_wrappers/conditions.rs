//! Answers that a client has already, and parts of answers.

use std::time::{Duration, UNIX_EPOCH};

use crate::*;

const TAG: &str = "4Wf2jWVj11uyXzqknCnvYS1BNS3ABgbefL1jC7JmX1E";

fn tagged() -> Response {
    let mut response = Response::new("Hello World");
    assert_eq!(response.etag(), None);
    response.add_etag(false).unwrap();
    assert_eq!(response.etag(), Some((TAG.to_owned(), false)));
    assert!(response.cache_control().is_empty());
    response.cache_control_mut().set_must_revalidate(true);
    response.cache_control_mut().set_max_age(Some(60));
    let cache_control = &response.headers()["cache-control"];
    assert_eq!(cache_control, "must-revalidate, max-age=60");
    assert!(response.date().is_none());
    response
}

/// Neither the date nor a length that was set is changed.
fn leaves_what_was_set(request: &Request) {
    let mut response = Response::new("Hello World");
    response.set_date(UNIX_EPOCH + Duration::from_secs(1337));
    response.set_content_length(999);
    let date = response.date();
    let response = response.make_conditional(request).unwrap();
    assert_eq!(response.date(), date);
    assert_eq!(response.content_length(), Some(999));
}

#[test]
fn a_client_that_has_the_content_is_told_so() {
    let request = with_header("If-None-Match", TAG);
    let response = tagged().make_conditional(&request).unwrap();
    assert!(response.date().is_some());
    assert_eq!(response.status().as_u16(), 304);
    leaves_what_was_set(&request);

    let mut app = App::new("tests");
    app.route("/", || tagged().make_conditional(&carafe::request()))
        .endpoint("index");
    let client = app.test_client();
    let response = client.get("/").header("If-None-Match", TAG).send();
    assert_eq!((response.status(), response.text().as_str()), (304, ""));
    assert_eq!(response.header("content-length"), None);
}

#[test]
fn a_client_that_wants_other_content_is_refused() {
    let request = with_header("If-Match", &format!("{TAG}xyz"));
    let response = tagged().make_conditional(&request).unwrap();
    assert!(response.date().is_some());
    assert_eq!(response.status().as_u16(), 412);
    assert_eq!(response.into_text(), "Hello World");
    leaves_what_was_set(&request);
}

#[test]
fn weak_tags_are_marked_and_tags_with_quotes_refused() {
    let mut response = Response::new("Hello World");
    response.add_etag(true).unwrap();
    response.add_etag(false).unwrap();
    assert_eq!(response.etag(), Some((TAG.to_owned(), true)));
    response.set_etag("own", false).unwrap();
    assert_eq!(response.headers()["etag"], "\"own\"");
    assert!(response.set_etag("a\"b", false).is_err());
}

async fn ranged(
    range: Option<&str>,
    body: impl Into<carafe::Body>,
    length: Option<u64>,
) -> Result<(u16, [Option<String>; 3], String)> {
    let request = made("/", |request| match range {
        Some(range) => request.header("Range", range),
        None => request,
    });
    let response = Response::new(body);
    let mut response = response.make_conditional_with_ranges(&request, "bytes", length)?;
    assert_eq!(response.accept_ranges().unwrap(), "bytes");
    let header = |name: &str| response.header(name).map(|value| value.into_owned());
    let headers = ["content-range", "content-length", "accept-ranges"].map(header);
    let body = String::from_utf8(response.data().await?.to_vec())?;
    Ok((response.status().as_u16(), headers, body))
}

fn part(range: &str, length: &str) -> [Option<String>; 3] {
    [range, length, "bytes"].map(|text| Some(text.to_owned()))
}

#[tokio::test]
async fn a_part_is_cut_out_of_the_body() {
    for (range, content_range, text) in [
        ("bytes=0-4", "bytes 0-4/11", "Hello"),
        ("bytes=6-666", "bytes 6-10/11", "World"),
        ("bytes=-1", "bytes 10-10/11", "d"),
    ] {
        let wanted = (
            206,
            part(content_range, &text.len().to_string()),
            text.to_owned(),
        );
        let whole = ranged(Some(range), "Hello World", Some(11)).await.unwrap();
        assert_eq!(whole, wanted);
        let streamed = pieces(["He", "", "llo W", "orld"]);
        let streamed = ranged(Some(range), streamed, Some(11)).await.unwrap();
        assert_eq!(streamed, wanted);
    }
    let streamed = pieces(["FOUND", "\n"]);
    let all = ranged(Some("bytes=0-5"), streamed, Some(6)).await.unwrap();
    assert_eq!(all, (206, part("bytes 0-5/6", "6"), "FOUND\n".to_owned()));
}

#[tokio::test]
async fn without_a_range_or_a_length_the_whole_is_sent() {
    let (status, headers, body) = ranged(None, "", None).await.unwrap();
    assert_eq!((status, body.as_str()), (200, ""));
    assert_eq!(headers[0], None);
    for length in [None, Some(0)] {
        let whole = ranged(Some("bytes=0-10"), "Hello World", length)
            .await
            .unwrap();
        assert_eq!((whole.0, whole.2.as_str()), (200, "Hello World"));
    }
}

#[tokio::test]
async fn a_range_that_is_none_is_refused() {
    let refused = ranged(Some("bytes=-"), "Hello World", Some(11)).await;
    let error = refused.unwrap_err();
    assert_eq!(error.as_http().map(HttpError::code), Some(416));
}
