//! The behavior that Werkzeug's `test_formparser` holds.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::io::Write;
use std::task::{Context, Poll};

use bytes::Bytes;
use carafe::form::multipart::{Event, MultipartDecoder};
use carafe::form::{FormLimits, parse_form};
use carafe::prelude::*;
use carafe::{TestClient, TestResponse};
use futures_util::StreamExt;

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=foo";
const TWO_FIELDS: &str = "--foo\r\nContent-Disposition: form-field; name=foo\r\n\r\nHello World\r\n\
                          --foo\r\nContent-Disposition: form-field; name=bar\r\n\r\nbar=baz\r\n--foo--";

/// Tells what a form holds: `name=value` for fields, then `name:filename:type:content` for files.
async fn contents() -> Result<String> {
    let request = request();
    let mut told = String::new();
    for (name, value) in request.form().await?.items_multi() {
        told += &format!("{name}={value}\n");
    }
    for (name, file) in request.files().await?.items_multi() {
        let content = file.read()?.escape_ascii().to_string();
        let kind = file.content_type().unwrap_or("-");
        told += &format!("{name}:{}:{kind}:{content}\n", file.filename());
    }
    Ok(told)
}

fn client(configure: impl FnOnce(&mut carafe::config::Config)) -> TestClient {
    let mut app = App::new("werkzeug_test");
    configure(&mut app.config);
    app.route("/", contents)
        .methods(["GET", "POST", "PUT"])
        .endpoint("contents");
    app.test_client()
}

fn post(client: &TestClient, content_type: &str, body: impl Into<Bytes>) -> TestResponse {
    let request = client.post("/").header("Content-Type", content_type);
    request.body(body).send()
}

/// Ends a chain of settings.
fn keep(_: &mut carafe::config::Config) {}

/// What a form holds under Flask's own limits.
fn told(content_type: &str, body: impl Into<Bytes>) -> String {
    let response = post(&client(|_| {}), content_type, body);
    assert_eq!(response.status(), 200);
    response.text()
}

mod limits {
    use super::*;

    #[test]
    fn an_urlencoded_form_is_held_to_its_limits() {
        let body = "foo=Hello+World&bar=baz";
        let read = "foo=Hello World\nbar=baz\n";
        let whole = client(|config| keep(config.max_content_length(400)));
        assert_eq!(post(&whole, URLENCODED, body).text(), read);
        let memory = client(|config| keep(config.max_form_memory_size(400)));
        assert_eq!(post(&memory, URLENCODED, body).text(), read);
        let memory = client(|config| keep(config.max_form_memory_size(7)));
        assert_eq!(post(&memory, URLENCODED, body).status(), 413);
    }

    #[test]
    fn a_body_that_is_announced_to_be_too_long_is_not_read() {
        let mut limits = FormLimits::default();
        limits.max_content_length = Some(4);
        let mut was_read = false;
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let parsed = runtime
            .unwrap()
            .block_on(parse_form(URLENCODED, Some(10), limits, |_| {
                was_read = true;
                Poll::Ready(None::<Result<Bytes, HttpError>>)
            }));
        assert!(!was_read);
        assert_eq!(parsed.unwrap_err().code(), 413);
    }

    #[test]
    fn a_multipart_form_is_held_to_its_limits() {
        let read = "foo=Hello World\nbar=bar=baz\n";
        let whole = client(|config| keep(config.max_content_length(400)));
        assert_eq!(post(&whole, MULTIPART, TWO_FIELDS).text(), read);
        let memory = client(|config| keep(config.max_form_memory_size(400)));
        assert_eq!(post(&memory, MULTIPART, TWO_FIELDS).text(), read);
        let memory = client(|config| keep(config.max_form_memory_size(7)));
        assert_eq!(post(&memory, MULTIPART, TWO_FIELDS).status(), 413);
        let parts = client(|config| keep(config.max_form_parts(2)));
        assert_eq!(post(&parts, MULTIPART, TWO_FIELDS).text(), read);
        let parts = client(|config| keep(config.max_form_parts(1)));
        assert_eq!(post(&parts, MULTIPART, TWO_FIELDS).status(), 413);
    }

    #[test]
    fn the_number_of_parts_is_no_limit_of_urlencoded_forms() {
        let client = client(|config| keep(config.max_form_parts(1)));
        assert_eq!(post(&client, URLENCODED, "a=1&b=2").text(), "a=1\nb=2\n");
    }

    #[test]
    fn a_field_that_arrives_in_pieces_is_held_to_its_limit_as_a_whole() {
        let parse = |length: usize| {
            let head = "--foo\r\nContent-Disposition: form-field; name=a\r\n\r\n";
            let body = [head, &"a".repeat(length), "\r\n--foo--"].concat();
            let mut pieces = body.as_bytes().chunks(5).map(Bytes::copy_from_slice);
            let next = |_: &mut Context<'_>| Poll::Ready(pieces.next().map(Ok::<_, HttpError>));
            let mut limits = FormLimits::default();
            // The headers of a part may be as long as a field.
            limits.max_form_memory_size = Some(60);
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let parsing = parse_form(MULTIPART, None, limits, next);
            let parsed = runtime.unwrap().block_on(parsing);
            parsed.map(drop).map_err(|error| error.code())
        };
        assert_eq!((parse(60), parse(61)), (Ok(()), Err(413)));
    }
}

mod bodies {
    use super::*;

    #[test]
    fn an_urlencoded_form_that_is_no_text_is_empty() {
        assert_eq!(told(URLENCODED, b"\x80".as_slice()), "");
    }

    #[test]
    fn a_multipart_form_without_a_boundary_is_empty() {
        assert_eq!(told("multipart/form-data", TWO_FIELDS), "");
    }

    #[test]
    fn line_breaks_of_the_content_survive_wherever_pieces_begin() {
        let lines = |count: usize, last: &str| {
            let mut lines = vec!["\r".repeat(31); count];
            lines.push(last.to_owned());
            lines.join("\n")
        };
        let head = "--thirteenbytes\r\nContent-Disposition: form-data; name=tx3065\r\n\r\n";
        let body = [
            head,
            &lines(2045, &"y".repeat(31)),
            "\r\n",
            &lines(2047, &"x".repeat(30)),
            "\r\n--thirteenbytes--",
        ]
        .concat();
        let mut app = App::new("werkzeug_test");
        let view = async || {
            let value = request().form().await?.require("tx3065")?.clone();
            Ok::<_, Error>(format!(
                "{} {:?} {:?}",
                value.len(),
                value.get(value.len() - 1..),
                value.get(65470..65473)
            ))
        };
        app.post("/", view).endpoint("length");
        let client = app.test_client();
        let content_type = "multipart/form-data; boundary=thirteenbytes";
        let response = post(&client, content_type, body);
        assert_eq!(response.text(), r#"131007 Some("x") Some("y\r\n")"#);
    }

    #[test]
    fn a_request_without_a_content_has_an_empty_form() {
        let client = client(|_| {});
        for response in [client.put("/").send(), client.get("/").send()] {
            assert_eq!((response.status(), response.text()), (200, String::new()));
        }
    }

    #[test]
    fn a_file_may_end_in_carriage_returns() {
        for count in [1, 2] {
            let content = [vec![0; 65535], vec![b'\r'; count]].concat();
            let head = b"--foo\r\nContent-Disposition: form-data; name=foo; filename=t.txt\r\n\r\n";
            let body = [head.as_slice(), &content, b"\r\n--foo--\r\n"].concat();
            let content = content.escape_ascii();
            assert_eq!(told(MULTIPART, body), format!("foo:t.txt:-:{content}\n"));
        }
    }

    #[test]
    fn a_body_of_another_type_is_no_form() {
        assert_eq!(told("bad-mime-type", "a=1"), "");
    }

    #[test]
    fn a_body_that_is_no_form_is_left_to_be_read() {
        let mut app = App::new("werkzeug_test");
        let view = async || {
            assert!(request().form().await?.is_empty());
            let mut stream = request().stream()?;
            let mut length = 0;
            while let Some(chunk) = stream.next().await.transpose()? {
                length += chunk.len();
            }
            Ok::<_, Error>(length.to_string())
        };
        app.post("/", view).endpoint("length");
        let client = app.test_client();
        assert_eq!(post(&client, "text/plain", "seven b").text(), "7");
        assert_eq!(client.post("/").send().text(), "0");
    }
}

mod multipart {
    use super::*;

    /// Binary content with everything that looks like the end of a part and is none.
    fn picture(boundary: &str) -> Vec<u8> {
        let mut picture = b"\x89PNG\r\n\x1a\n\r\n--\r\n\n--".to_vec();
        picture.extend((0..=255u8).cycle().take(4096));
        let (lookalike, _) = boundary.split_at(boundary.len() - 1);
        picture.extend(format!("\r\n--{lookalike}\r\n--").bytes());
        picture
    }

    #[test]
    fn forms_of_browsers_are_read_as_they_were_sent() {
        let browsers = [
            (
                "---------------------------186454651713519341951581030105",
                "example text",
            ),
            (
                "---------------------------14904044739787191031754711748",
                "--long text\r\n--with boundary\r\n--lookalikes--",
            ),
            ("----------zEO9jQKmLc2Cq88c23Dx19", "blafasel öäü"),
            (
                "----WebKitFormBoundaryjdSFhcARk8fyGNy6",
                "this is another text with ümläüts",
            ),
            ("---------------------------7d91b03a20128", "ie6 sucks :-/"),
        ];
        for (boundary, text) in browsers {
            let picture = picture(boundary);
            let mut body = Vec::new();
            for number in [1, 2] {
                let head = format!(
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"file{number}\"; \
                     filename=\"picture {number}.png\"\r\nContent-Type: image/png\r\n\r\n"
                );
                body.extend([head.as_bytes(), &picture, b"\r\n"].concat());
            }
            let field =
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n");
            body.extend(format!("{field}{text}\r\n--{boundary}--\r\n").bytes());
            let content = picture.escape_ascii();
            assert_eq!(
                told(
                    &format!("multipart/form-data; boundary=\"{boundary}\""),
                    body
                ),
                format!(
                    "text={text}\nfile1:picture 1.png:image/png:{content}\n\
                     file2:picture 2.png:image/png:{content}\n"
                )
            );
        }
    }

    #[test]
    fn a_form_of_internet_explorer_has_its_file_beside_its_fields() {
        let boundary = "---------------------------7da36d1b4a0164";
        let part = |head: &str, content: &str| {
            format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
        };
        let body = [
            part(
                "name=\"cb_file_upload_multiple\"; filename=\"Sellersburg Town Council Meeting 02-22-2010doc.doc\"",
                "x",
            ),
            part("name=\"path\"; filename=\"C:\\Users\\Jane\\a.doc\"", "y"),
            part("name=\"field_id\"", "4"),
            format!("--{boundary}--\r\n"),
        ];
        assert_eq!(
            told(
                &format!("multipart/form-data; boundary=\"{boundary}\""),
                body.concat()
            ),
            "field_id=4\n\
             cb_file_upload_multiple:Sellersburg Town Council Meeting 02-22-2010doc.doc:-:x\n\
             path:C:\\Users\\Jane\\a.doc:-:y\n"
        );
    }

    #[test]
    fn a_form_without_an_end_is_empty() {
        let body = "--foo\r\nContent-Disposition: form-data; name=\"test\"; filename=\"test.txt\"\r\n\
                    Content-Type: text/plain\r\n\r\nfile contents and no end";
        assert_eq!(told(MULTIPART, body), "");
        let body = "--foo\r\nContent-Disposition: form-field; name=foo\r\n\r\nHello World\r\n";
        assert_eq!(told(MULTIPART, body), "");
    }

    #[test]
    fn a_file_may_have_no_content_type() {
        let body = "--foo\r\nContent-Disposition: form-data; name=\"test\"; filename=\"test.txt\"\r\n\r\n\
                    file contents\r\n--foo--";
        assert_eq!(told(MULTIPART, body), "test:test.txt:-:file contents\n");
    }

    #[test]
    fn line_breaks_before_the_first_part_are_passed_over() {
        let body = "\r\n\r\n--foo\r\nContent-Disposition: form-data; name=\"foo\"\r\n\r\na string\r\n--foo--";
        assert_eq!(told(MULTIPART, body), "foo=a string\n");
    }

    #[test]
    fn a_file_has_the_headers_of_its_part() {
        let mut app = App::new("werkzeug_test");
        let view = async || {
            let request = request();
            let file = request.files().await?.require("foo")?;
            assert_eq!(file.mimetype(), "text/plain");
            assert_eq!(
                file.mimetype_params().get("charset").map(String::as_str),
                Some("utf-8")
            );
            assert_eq!(file.header("Content-Type"), file.content_type());
            assert_eq!(file.content_type(), Some("text/plain; charset=utf-8"));
            Ok::<_, Error>(file.header("X-Custom-Header").or_404()?.to_owned())
        };
        app.post("/", view).endpoint("headers");
        let body = "--foo\r\nContent-Disposition: form-data; name=\"foo\"; filename=\"foo.txt\"\r\n\
                    X-Custom-Header: blah\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
                    file contents, just the contents\r\n--foo--";
        assert_eq!(post(&app.test_client(), MULTIPART, body).text(), "blah");
    }

    #[test]
    fn lines_may_end_in_any_way() {
        for end in ["\n", "\r", "\r\n"] {
            let lines = [
                "--foo",
                "Content-Disposition: form-data; name=foo",
                "",
                "this is just bar",
                "--foo",
                "Content-Disposition: form-data; name=bar",
                "",
                "blafasel",
                "--foo--",
            ];
            let expected = "foo=this is just bar\nbar=blafasel\n";
            assert_eq!(told(MULTIPART, lines.join(end)), expected, "{end:?}");
        }
    }

    #[test]
    fn a_part_without_a_disposition_makes_the_form_malformed() {
        assert_eq!(told(MULTIPART, "--foo\r\n\r\nHello World\r\n--foo--"), "");
    }

    #[test]
    fn a_form_of_no_parts_is_empty() {
        assert_eq!(told(MULTIPART, "--foo--"), "");
    }

    #[test]
    fn a_file_name_may_come_in_parts_and_encodings() {
        let body = "--foo\r\nContent-Type: text/plain; charset=utf-8\r\n\
                    Content-Disposition: form-data; name=rfc2231;\r\n\
                    \tfilename*0*=ascii''a%20b%20;\r\n\
                    \tfilename*1*=c%20d%20;\r\n\
                    \tfilename*2=\"e f.txt\"\r\n\r\nfile contents\r\n--foo--";
        let expected = "rfc2231:a b c d e f.txt:text/plain; charset=utf-8:file contents\n";
        assert_eq!(told(MULTIPART, body), expected);
    }

    /// Werkzeug hands each part to a stream of the app's choice; here the app takes the parts itself.
    #[test]
    fn the_app_may_put_the_content_of_parts_where_it_likes() {
        let mut app = App::new("werkzeug_test");
        let view = async || {
            let mut stream = request().stream()?;
            let mut decoder = MultipartDecoder::new(b"foo", None, None);
            let mut own_stream = Vec::new();
            loop {
                match decoder.next_event() {
                    Ok(Event::NeedData) => match stream.next().await.transpose()? {
                        Some(chunk) => decoder.receive(chunk),
                        None => decoder.finish(),
                    },
                    Ok(Event::Part(head)) => {
                        write!(own_stream, "[{}]", head.name.unwrap_or_default())?;
                    }
                    Ok(Event::Data { bytes, .. }) => own_stream.write_all(&bytes)?,
                    Ok(Event::End) => return Ok(own_stream),
                    Err(_) => return Err(Error::from(HttpError::bad_request())),
                }
            }
        };
        app.post("/", view).endpoint("own");
        let client = app.test_client();
        let response = post(&client, MULTIPART, TWO_FIELDS);
        assert_eq!(response.text(), "[foo]Hello World[bar]bar=baz");
        assert_eq!(post(&client, MULTIPART, "--foo").status(), 400);
    }
}
