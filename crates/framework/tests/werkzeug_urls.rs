//! The behavior that Werkzeug's `test_urls` holds.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use carafe::uri::{iri_to_uri, uri_to_iri};

fn to_uri(iri: &str) -> String {
    iri_to_uri(iri).unwrap()
}

fn to_iri(uri: &str) -> String {
    uri_to_iri(uri).unwrap()
}

#[test]
fn every_part_of_a_url_is_written_in_its_own_way() {
    assert_eq!(to_iri("http://xn--n3h.net/"), "http://\u{2603}.net/");
    assert_eq!(to_uri("http://\u{2603}.net/"), "http://xn--n3h.net/");
    assert_eq!(
        to_uri("http://üser:pässword@\u{2603}.net/påth"),
        "http://%C3%BCser:p%C3%A4ssword@xn--n3h.net/p%C3%A5th"
    );
    assert_eq!(
        to_iri("http://test.com/%3Fmeh?foo=%26%2F"),
        "http://test.com/%3Fmeh?foo=%26/"
    );
    assert_eq!(to_uri("/foo"), "/foo");
    assert_eq!(
        to_uri("http://föö.com:8080/bam/baz"),
        "http://xn--f-1gaa.com:8080/bam/baz"
    );
}

#[test]
fn what_separates_parts_stays_encoded() {
    let uri = "http://xn--f-1gaa.com/%2F%25?q=%C3%B6&x=%3D%25#%25";
    let iri = "http://föö.com/%2F%25?q=ö&x=%3D%25#%25";
    assert_eq!(to_iri(uri), iri);
    assert_eq!(to_uri(&to_iri(uri)), uri);
}

#[test]
fn a_control_character_of_a_path_is_encoded() {
    assert_eq!(to_uri("/foo\u{8f}"), "/foo%C2%8F");
}

#[test]
fn doing_it_twice_changes_nothing() {
    for iri in ["http://www.idempoten.ce", "http://\u{2603}/\u{2603}"] {
        let uri = to_uri(iri);
        assert_eq!(to_uri(&uri), uri);
    }
    for uri in ["http://www.idempoten.ce", "http://xn--n3h/%E2%98%83"] {
        let iri = to_iri(uri);
        assert_eq!(to_iri(&iri), iri);
    }
}

#[test]
fn there_and_back_is_where_it_began() {
    let iri = "http://föö.com/";
    assert_eq!(to_iri(&to_uri(iri)), iri);
    let uri = "http://xn--f-rgao.com/%C3%9E";
    assert_eq!(to_uri(&to_iri(uri)), uri);
}

#[test]
fn however_a_url_is_written_it_has_one_form_of_each_kind() {
    let uri = "http://xn--f-rgao.com/%E2%98%90/fred?utf8=%E2%9C%93";
    let iri = "http://föñ.com/\u{2610}/fred?utf8=\u{2713}";
    for written in [
        "http://föñ.com/\u{2610}/fred?utf8=\u{2713}",
        "http://xn--f-rgao.com/\u{2610}/fred?utf8=\u{2713}",
        "http://xn--f-rgao.com/%E2%98%90/fred?utf8=%E2%9C%93",
        "http://föñ.com/\u{2610}/fred?utf8=%E2%9C%93",
    ] {
        assert_eq!(to_iri(written), iri);
        assert_eq!(to_uri(written), uri);
        assert_eq!(to_iri(&to_uri(written)), iri);
        assert_eq!(to_uri(&to_iri(written)), uri);
    }
}

#[test]
fn an_encoded_space_stays_encoded() {
    assert_eq!(to_iri("abc%20def"), "abc%20def");
}

#[test]
fn brackets_are_encoded_in_a_path_and_parentheses_are_not() {
    assert_eq!(
        to_uri("/path[bracket]?(paren)"),
        "/path%5Bbracket%5D?(paren)"
    );
}

#[test]
fn an_empty_host_of_another_scheme_is_kept() {
    let url = "itms-services://?action=download-manifest&url=https://test.example/path";
    assert_eq!(to_uri(url), url);
}
