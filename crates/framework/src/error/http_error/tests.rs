use std::error::Error as _;

use super::HttpError;

#[test]
fn a_missing_key_is_told_only_when_shown() {
    let error = HttpError::bad_request_key("it's\u{2028}é\0");
    assert!(!error.body().contains("KeyError"));
    error.show_key();
    assert!(
        error
            .description()
            .ends_with("\nKeyError: \"it's\\u2028é\\x00\"")
    );
    assert!(
        error
            .body()
            .contains("<br>KeyError: &#34;it&#39;s\\u2028é\\x00&#34;</p>")
    );
}

#[test]
fn a_code_without_an_error_becomes_a_500_that_says_why() {
    let error = HttpError::new(430);
    assert_eq!(error.code(), 500);
    let source = error.source().map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("no error for the status code 430"));
}

#[test]
fn a_code_of_ones_own_may_have_no_name() {
    let error = HttpError::custom(299, "odd");
    assert_eq!(error.to_string(), "299 Unknown: odd");
}

#[test]
fn extra_headers_follow_the_content_type() {
    let error = HttpError::method_not_allowed().with_valid_methods(["GET", "HEAD"]);
    assert_eq!(error.headers()["allow"], "GET, HEAD");
    assert_eq!(error.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(
        HttpError::too_many_requests()
            .with_retry_after(0)
            .headers()
            .len(),
        1
    );
    assert_eq!(
        HttpError::too_many_requests().with_retry_after(7).headers()["retry-after"],
        "7"
    );
}

#[test]
fn text_that_no_header_may_hold_leaves_the_header_out() {
    let error = HttpError::unauthorized().with_www_authenticate("Basic\r\nX: y");
    assert_eq!(error.headers().len(), 1);
}
