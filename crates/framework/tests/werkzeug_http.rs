//! The behavior that Werkzeug's `test_http` holds.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderValue};

mod accepting {
    use carafe::headers::accept::{EncodingAccept, LanguageAccept, MimeAccept};

    fn values(header: &str) -> Vec<String> {
        let accept = EncodingAccept::from_header(Some(header));
        accept.iter().map(|(value, _)| value.to_owned()).collect()
    }

    #[test]
    fn what_is_wanted_most_comes_first() {
        let accept = EncodingAccept::from_header(Some("en-us,ru;q=0.5"));
        assert_eq!(values("en-us,ru;q=0.5"), ["en-us", "ru"]);
        assert_eq!(accept.best(), Some("en-us"));
        assert_eq!(accept.find("ru"), Some(1));
        assert_eq!(accept.find("de"), None);
        assert_eq!(accept.to_string(), "en-us,ru;q=0.5");
    }

    #[test]
    fn a_parameter_may_hold_a_space() {
        let accept = EncodingAccept::from_header(Some("application/x-special; z=\"a b\";q=0.5"));
        assert_eq!(accept.quality("application/x-special; z=\"a b\""), 0.5);
    }

    #[test]
    fn media_types_have_the_quality_of_what_means_them() {
        let accept = MimeAccept::from_header(Some(
            "text/xml,application/xml,application/xhtml+xml,application/foo;quiet=no; bar=baz;q=0.6,\
             text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5",
        ));
        assert!(accept.quality("missing").is_err());
        for (value, quality) in [
            ("image/png", 1.0),
            ("text/plain", 0.8),
            ("foo/bar", 0.5),
            ("application/foo;quiet=no; bar=baz", 0.6),
        ] {
            assert_eq!(accept.quality(value), Ok(quality), "{value}");
        }
        assert_eq!(accept.iter().last(), Some(("*/*", 0.5)));
    }

    #[test]
    fn the_best_offer_is_the_one_that_is_wanted_most() {
        let accept = MimeAccept::from_header(Some(
            "text/xml,application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png",
        ));
        let best = |offers: &[&'static str]| accept.best_match(offers.iter().copied()).unwrap();
        assert_eq!(
            best(&["text/html", "application/xhtml+xml"]),
            Some("application/xhtml+xml")
        );
        assert_eq!(best(&["text/html"]), Some("text/html"));
        assert_eq!(best(&["foo/bar", "bar/foo"]), None);
        assert_eq!(
            best(&["application/xml", "text/xml"]),
            Some("application/xml")
        );
    }

    #[test]
    fn what_is_more_specific_is_wanted_more() {
        let accept = MimeAccept::from_header(Some("text/*, text/html, text/html;level=1, */*"));
        let best = |offers: [&'static str; 2]| accept.best_match(offers).unwrap();
        assert_eq!(
            best(["text/html; version=1", "text/html"]),
            Some("text/html")
        );
        assert_eq!(
            best(["text/html", "text/html; level=1"]),
            Some("text/html; level=1")
        );
    }

    #[test]
    fn languages_match_in_any_case_and_with_any_separator() {
        let accept = LanguageAccept::from_header(Some("de-AT,de;q=0.8,en;q=0.5"));
        assert_eq!(accept.best(), Some("de-AT"));
        assert!(accept.contains("de_AT") && accept.contains("en"));
        assert_eq!(accept.quality("de-at"), 1.0);
        assert_eq!(accept.quality("en"), 0.5);
    }

    #[test]
    fn an_offer_that_nobody_lists_matches_a_star() {
        let accept = MimeAccept::from_header(Some(
            "foo=,application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,\
             image/png,*/*;q=0.5",
        ));
        assert_eq!(accept.best_match(["foo/bar"]), Ok(Some("foo/bar")));
    }

    #[test]
    fn a_quality_that_is_no_plain_number_makes_its_value_worthless() {
        for quality in ["q=.5", "q=%2B0.5", "q=0.5_1", "q*=UTF-8''%2B0.5"] {
            assert_eq!(values(&format!("en,jp;{quality}")), ["en"], "{quality}");
        }
        let digits = "q*=UTF-8''%F0%9F%AF%B0.%F0%9F%AF%B5";
        assert_eq!(values(&format!("en,jp;{digits}")), ["en"]);
    }

    #[test]
    fn a_quality_may_be_a_whole_number() {
        let read = |header| EncodingAccept::from_header(Some(header));
        assert_eq!(read("en;q=1"), read("en;q=1.0"));
        assert_eq!(read("en;q=0"), read("en;q=0.0"));
        assert_eq!(read("en;q=5"), read("en;q=5.0"));
        assert_eq!(read("en;q=5").best(), None);
    }
}

mod lists {
    use carafe::headers::header_set::HeaderSet;
    use carafe::headers::lists::{
        dump_dict_header, dump_list_header, parse_dict_header, parse_list_header,
    };

    #[test]
    fn a_set_knows_its_names_in_any_case() {
        let mut set = HeaderSet::from_header("foo, Bar, \"Blah baz\", Hehe");
        assert!(set.contains("blah baz") && set.contains("foo"));
        assert!(!set.contains("foobar"));
        let names: Vec<_> = set.iter().collect();
        assert_eq!(names, ["foo", "Bar", "Blah baz", "Hehe"]);
        set.add("Foo");
        assert_eq!(set.to_string(), "foo, Bar, \"Blah baz\", Hehe");
    }

    #[test]
    fn commas_part_the_items_of_a_list_but_within_quotes() {
        for (header, items) in [
            ("a b", &["a b"][..]),
            ("a b, c", &["a b", "c"]),
            ("a b, \"c, d\"", &["a b", "c, d"]),
            ("\"a\\\"b\", c", &["a\"b", "c"]),
            ("a\"b,c\", \"d e\"", &["a\"b,c\"", "d e"]),
            ("a, ,,b,", &["a", "b"]),
            ("a, \"b, c\", \"d, e", &[]),
        ] {
            assert_eq!(parse_list_header(header), items, "{header}");
        }
    }

    #[test]
    fn names_without_a_value_are_told_from_those_with_an_empty_one() {
        let read = |header: &str| -> Vec<(String, Option<String>)> {
            let params = parse_dict_header(header);
            let pairs = params.iter();
            pairs
                .map(|(name, value)| (name.to_owned(), value.clone()))
                .collect()
        };
        let pair = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
        assert_eq!(
            read("foo=\"bar baz\", blah=42"),
            [pair("foo", Some("bar baz")), pair("blah", Some("42"))]
        );
        assert_eq!(
            read("foo, bar="),
            [pair("foo", None), pair("bar", Some(""))]
        );
        assert_eq!(read("=foo, ="), []);
        assert_eq!(read("a=1, b=\"2, 3\", c=\"4, d=5"), []);
    }

    #[test]
    fn lists_and_names_with_values_are_joined() {
        assert_eq!(dump_list_header(["1", "2", "3"]), "1, 2, 3");
        assert_eq!(dump_dict_header([("foo", Some("bar"))]), "foo=bar");
        assert_eq!(
            dump_dict_header([("foo*", Some("UTF-8''bar"))]),
            "foo*=UTF-8''bar"
        );
    }
}

mod options {
    use carafe::headers::options::{dump_options_header, parse_options_header};

    #[test]
    fn a_header_without_options_has_none() {
        for (header, value) in [("", ""), (";a=b", ""), ("v", "v"), ("v;", "v")] {
            let (read, options) = parse_options_header(header);
            assert_eq!((read.as_str(), options.len()), (value, 0), "{header}");
        }
    }

    #[test]
    fn options_are_read_with_their_quotes_charsets_and_parts() {
        let long = format!("v;a=\"{}", "\\".repeat(400));
        for (header, wanted) in [
            ("v;a=b;c=d;", &[("a", "b"), ("c", "d")][..]),
            ("v;  ; a=b ; ", &[("a", "b")]),
            ("v;a", &[]),
            ("v;a=", &[]),
            ("v;=b", &[]),
            ("v;a=\"b\"", &[("a", "b")]),
            ("v;a=µ", &[]),
            ("v;a=\"';'\";b=\"µ\";", &[("a", "';'"), ("b", "µ")]),
            ("v;a=\"b c\"", &[("a", "b c")]),
            ("v;a=\"b\\\"c\";d=e", &[("a", "b\"c"), ("d", "e")]),
            ("v;a=\"c:\\\\\"", &[("a", "c:\\")]),
            ("v;a=\"c:\\\"", &[]),
            ("v;a=\"b\\\\\\\"c\"", &[("a", "b\\\"c")]),
            ("v;a=\"b%22c\"", &[("a", "b\"c")]),
            ("v;a*=b", &[("a", "b")]),
            ("v;a*=ASCII'en'b", &[("a", "b")]),
            ("v;a*=US-ASCII''%62", &[("a", "b")]),
            ("v;a*=UTF-8''%C2%B5", &[("a", "µ")]),
            ("v;a*=US-ASCII''%C2%B5", &[("a", "\u{fffd}\u{fffd}")]),
            ("v;a*=BAD''%62", &[("a", "%62")]),
            ("v;a*=UTF-8'''%F0%9F%90%8D'.txt", &[("a", "'🐍'.txt")]),
            ("v;a=\"🐍.txt\"", &[("a", "🐍.txt")]),
            ("v;a*0=b;a*1=c;d=e", &[("a", "bc"), ("d", "e")]),
            ("v;a*0*=b", &[("a", "b")]),
            ("v;a*0*=UTF-8''b;a*1=c;a*2*=%C2%B5", &[("a", "bcµ")]),
            (&long, &[]),
        ] {
            let (value, options) = parse_options_header(header);
            let options: Vec<_> = options
                .iter()
                .map(|(name, option)| (name, option.as_str()))
                .collect();
            assert_eq!(
                (value.as_str(), options.as_slice()),
                ("v", wanted),
                "{header}"
            );
        }
    }

    #[test]
    fn a_broken_value_is_still_a_value() {
        for (header, value) in [
            (" ", ""),
            (" , ", ","),
            (" ; ", ""),
            (" ,; ", ","),
            (" , a ", ", a"),
            (" ; a ", ""),
        ] {
            let (read, options) = parse_options_header(header);
            assert_eq!((read.as_str(), options.len()), (value, 0), "{header}");
        }
    }

    #[test]
    fn names_of_options_become_lower_case() {
        let (_, options) = parse_options_header("something; fileName=\"File.ext\"");
        assert_eq!(
            options.get("filename").map(String::as_str),
            Some("File.ext")
        );
    }

    #[test]
    fn options_without_a_value_are_left_out() {
        let dumped = dump_options_header(Some("foo"), [("bar", Some("42")), ("fizz", None)]);
        assert_eq!(dumped, "foo; bar=42");
    }
}

mod caching {
    use carafe::headers::cache_control::{Directive, RequestCacheControl, ResponseCacheControl};
    use carafe::headers::content_security_policy::ContentSecurityPolicy;

    #[test]
    fn directives_are_read_and_changed() {
        let request = RequestCacheControl::from_header("max-age=0, no-cache");
        assert_eq!(request.max_age(), Some(0));
        assert!(request.no_cache());
        let response = ResponseCacheControl::from_header("private, community=\"UCI\"");
        assert_eq!(response.private(), Some(Directive::Bare));
        assert_eq!(response.get("community"), Some(Some("UCI")));

        let mut control = ResponseCacheControl::default();
        assert_eq!((control.no_cache(), control.private()), (None, None));
        control.set_no_cache(Some(Directive::Bare));
        control.set_private(Some(Directive::Bare));
        assert_eq!(control.no_cache(), Some(Directive::Bare));
        assert_eq!(control.private(), Some(Directive::Bare));
        control.set_private(None);
        assert_eq!(control.private(), None);
        control.set_max_age(Some(3));
        assert_eq!(control.get("max-age"), Some(Some("3")));
        control.set_max_age(None);
        control.set_s_maxage(Some(3));
        assert_eq!(control.s_maxage(), Some(3));
        assert_eq!(control.get("s-maxage"), Some(Some("3")));
        control.set_s_maxage(None);
        assert_eq!(control.to_string(), "no-cache");
    }

    #[test]
    fn a_policy_without_a_value_is_left_out() {
        let policy = ContentSecurityPolicy::from_header(
            "default-src 'self'; script-src 'unsafe-inline' *; img-src",
        );
        assert_eq!(policy.get("default-src"), Some("'self'"));
        assert_eq!(policy.get("script-src"), Some("'unsafe-inline' *"));
        assert_eq!(policy.get("img-src"), None);
    }
}

mod credentials {
    use carafe::headers::authorization::Authorization;
    use carafe::headers::params::Params;
    use carafe::headers::www_authenticate::WwwAuthenticate;

    const DIGEST: &str = "Digest username=Mufasa, realm=\"testrealm@host.invalid\", \
                          nonce=dcd98b7102dd2f0e8b11d0f600bfb0c093, uri=\"/dir/index.html\", qop=auth, \
                          nc=00000001, cnonce=0a4f113b, response=6629fae49393a05397450978507c4ef1, \
                          opaque=5ccc069c403ebaf9f0171e9517f40e41";
    /// Tokens that are padded with one `=` and with two.
    const TOKENS: [&str; 2] = [
        "VGhpcyBoYXMgYmFzZTY0IHBhZGRpbmc=",
        "VGhpcyBoYXMgYmFzZTY0IHBhZGRpbmcuLg==",
    ];

    #[test]
    fn names_and_passwords_are_of_all_alphabets() {
        for (header, username, password) in [
            (
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
                "Aladdin",
                "open sesame",
            ),
            (
                "Basic 0YDRg9GB0YHQutC40IE60JHRg9C60LLRiw==",
                "русскиЁ",
                "Буквы",
            ),
            ("Basic 5pmu6YCa6K+dOuS4reaWhw==", "普通话", "中文"),
        ] {
            let auth = Authorization::from_header(header).unwrap();
            assert_eq!(auth.auth_type(), "basic");
            assert_eq!(auth.username(), Some(username));
            assert_eq!(auth.password(), Some(password));
        }
        assert!(Authorization::from_header("").is_none());
        assert_eq!(
            Authorization::from_header("foo").unwrap().auth_type(),
            "foo"
        );
    }

    #[test]
    fn a_digest_has_its_fields() {
        let auth = Authorization::from_header(DIGEST).unwrap();
        assert_eq!(auth.auth_type(), "digest");
        for (name, value) in [
            ("username", "Mufasa"),
            ("realm", "testrealm@host.invalid"),
            ("nonce", "dcd98b7102dd2f0e8b11d0f600bfb0c093"),
            ("uri", "/dir/index.html"),
            ("qop", "auth"),
            ("nc", "00000001"),
            ("cnonce", "0a4f113b"),
            ("response", "6629fae49393a05397450978507c4ef1"),
            ("opaque", "5ccc069c403ebaf9f0171e9517f40e41"),
        ] {
            assert_eq!(auth.get(name), Some(value), "{name}");
        }
    }

    #[test]
    fn parameters_without_a_name_are_left_out() {
        let auth = Authorization::from_header("Digest foo, bar=, =qux, =").unwrap();
        assert_eq!(auth.to_string(), "Digest foo, bar=\"\"");
    }

    #[test]
    fn a_padded_token_is_no_parameter() {
        for token in TOKENS {
            let header = format!("Token {token}");
            let auth = Authorization::from_header(&header).unwrap();
            assert_eq!((auth.auth_type(), auth.token()), ("token", Some(token)));
            let challenge = WwwAuthenticate::from_header(&header).unwrap();
            assert_eq!(
                (challenge.auth_type(), challenge.token()),
                ("token", Some(token))
            );
        }
    }

    #[test]
    fn basic_credentials_that_are_no_text_are_none() {
        assert!(Authorization::from_header("Basic foo").is_none());
        assert!(Authorization::from_header("Basic /3NlcjpwYXNz").is_none());
    }

    #[test]
    fn credentials_are_equal_however_they_were_made() {
        let basic = Authorization::from_header("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==").unwrap();
        let bearer = Authorization::from_header("Bearer abc").unwrap();
        assert_eq!(basic, Authorization::basic("Aladdin", "open sesame"));
        assert_eq!(bearer, Authorization::bearer("abc"));
        assert_ne!(basic, bearer);
    }

    #[test]
    fn credentials_are_written_as_they_were_read() {
        for header in ["Basic V2Vya3pldWc6V2VrcnpldWc=", DIGEST] {
            let auth = Authorization::from_header(header).unwrap();
            assert_eq!(auth.to_string(), header);
        }
    }

    #[test]
    fn challenges_are_read_changed_and_written() {
        let mut challenge = WwwAuthenticate::from_header("Basic realm=\"WallyWorld\"").unwrap();
        assert_eq!(challenge.auth_type(), "basic");
        assert_eq!(challenge.get("realm"), Some("WallyWorld"));
        let parameters: &mut Params<Option<String>> = challenge.parameters_mut();
        parameters.insert("realm", Some("Foo Bar".to_owned()));
        assert_eq!(challenge.to_string(), "Basic realm=\"Foo Bar\"");
        assert_eq!(WwwAuthenticate::new("bearer").to_string(), "Bearer");

        let digest = WwwAuthenticate::from_header(
            "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", nonce=\"n\", opaque=\"o\"",
        )
        .unwrap();
        assert_eq!(digest.auth_type(), "digest");
        for (name, value) in [
            ("realm", "testrealm@host.com"),
            ("qop", "auth,auth-int"),
            ("nonce", "n"),
            ("opaque", "o"),
        ] {
            assert_eq!(digest.get(name), Some(value), "{name}");
        }
        assert_eq!(
            WwwAuthenticate::from_header("broken").unwrap().auth_type(),
            "broken"
        );
        assert!(WwwAuthenticate::from_header("").is_none());
    }

    #[test]
    fn challenges_are_equal_however_they_were_made() {
        let basic = WwwAuthenticate::from_header("Basic realm=abc").unwrap();
        let token = WwwAuthenticate::from_header("Token abc").unwrap();
        assert_eq!(basic, WwwAuthenticate::new("basic").with("realm", "abc"));
        assert_eq!(token, WwwAuthenticate::new("token").with_token("abc"));
        assert_ne!(basic, token);
    }
}

mod conditions {
    use carafe::headers::conditional::Conditions;
    use carafe::headers::date::parse_date;
    use carafe::headers::etag::{ETags, generate_etag, quote_etag, unquote_etag};

    #[test]
    fn tags_are_quoted_and_known_as_weak_or_strong() {
        assert_eq!(quote_etag("foo", false).unwrap(), "\"foo\"");
        assert_eq!(quote_etag("foo", true).unwrap(), "W/\"foo\"");
        assert_eq!(unquote_etag("\"foo\""), Some(("foo", false)));
        assert_eq!(unquote_etag("W/\"foo\""), Some(("foo", true)));
        let tags = ETags::from_header("\"foo\", \"bar\", W/\"baz\", blar");
        let mut strong: Vec<_> = tags.strong().collect();
        strong.sort_unstable();
        assert_eq!(strong, ["bar", "blar", "foo"]);
        assert!(tags.contains("foo") && tags.contains("blar") && !tags.contains("baz"));
        assert!(tags.contains_weak("baz"));
        assert!(tags.contains_raw("W/\"baz\"") && tags.contains_raw("\"foo\""));
        assert_eq!(tags.to_string(), "\"bar\", \"blar\", \"foo\", W/\"baz\"");
        assert_eq!(ETags::from_header("*").to_string(), "*");
    }

    #[test]
    fn weak_tags_alone_are_tags() {
        let tags = ETags::from_header("W/\"foo\"");
        assert!(!tags.is_empty());
        assert!(tags.contains_raw("W/\"foo\""));
    }

    fn unix(date: &str) -> Option<i64> {
        parse_date(date).map(|date| date.unix())
    }

    #[test]
    fn a_tag_and_a_date_tell_whether_a_resource_was_modified() {
        let mut conditions = Conditions::default();
        assert!(conditions.is_modified(Some("testing"), None, true));
        let tag = generate_etag(b"awesome");
        conditions.if_none_match = Some(tag.as_str().into());
        assert!(!conditions.is_modified(Some(&tag), None, true));
        conditions.if_modified_since = Some("Tue, 01 Jan 2008 12:30:00 GMT".into());
        let at = |time: &str| unix(&format!("Tue, 01 Jan 2008 {time} GMT"));
        assert!(!conditions.is_modified(None, at("12:00:00"), true));
        assert!(conditions.is_modified(None, at("13:00:00"), true));
    }

    #[test]
    fn a_range_is_held_to_its_own_condition() {
        let (tag, other) = (generate_etag(b"awesome_if_range"), generate_etag(b"other"));
        let at = |time: &str| unix(&format!("Tue, 01 Jan 2008 {time} GMT"));
        let mut conditions = Conditions {
            if_modified_since: Some("Tue, 01 Jan 2008 12:30:00 GMT".into()),
            if_range: Some(tag.as_str().into()),
            ..Conditions::default()
        };
        assert!(!conditions.is_modified(Some(&other), at("12:30:00"), false));
        conditions.range = Some("".into());
        assert!(!conditions.is_modified(Some(&tag), None, false));
        assert!(conditions.is_modified(Some(&other), None, false));
        conditions.if_range = Some("Tue, 01 Jan 2008 13:30:00 GMT".into());
        assert!(conditions.is_modified(None, at("14:00:00"), false));
        assert!(!conditions.is_modified(None, at("13:30:00"), false));
        assert!(conditions.is_modified(None, at("13:30:00"), true));
    }
}

mod ranges {
    use carafe::headers::range::{ContentRange, IfRange, Range};

    #[test]
    fn the_condition_of_a_range_is_a_strong_tag_or_a_date() {
        for (header, tag, unix, written) in [
            ("\"Test\"", Some("Test"), None, "\"Test\""),
            ("W/\"Test\"", None, None, ""),
            ("unquoted", Some("unquoted"), None, "\"unquoted\""),
            (
                "Thu, 01 Jan 1970 00:00:00 GMT",
                None,
                Some(0),
                "Thu, 01 Jan 1970 00:00:00 GMT",
            ),
            ("", None, None, ""),
        ] {
            let read = IfRange::from_header(header);
            assert_eq!(read.etag.as_deref(), tag, "{header}");
            assert_eq!(read.date.map(|date| date.unix()), unix, "{header}");
            assert_eq!(read.to_header().unwrap(), written);
        }
    }

    #[test]
    fn ranges_are_read_with_an_exclusive_end() {
        for (header, units, ranges, written) in [
            ("bytes=52-", "bytes", &[(52, None)][..], "bytes=52-"),
            ("bytes=52-99", "bytes", &[(52, Some(100))], "bytes=52-99"),
            (
                "bytes=52-99,-1000",
                "bytes",
                &[(52, Some(100)), (-1000, None)],
                "bytes=52-99,-1000",
            ),
            ("bytes = 1 - 100", "bytes", &[(1, Some(101))], "bytes=1-100"),
            (
                "AWesomes=0-999",
                "awesomes",
                &[(0, Some(1000))],
                "awesomes=0-999",
            ),
        ] {
            let range = Range::from_header(header).unwrap();
            assert_eq!((range.units(), range.ranges()), (units, ranges), "{header}");
            assert_eq!(range.to_string(), written);
        }
    }

    #[test]
    fn what_is_no_range_is_none() {
        for header in [
            "bytes=52",
            "bytes=-",
            "bytes=bad",
            "bytes=bad-1",
            "bytes=-bad",
            "bytes=52-99, bad",
            "🯱🯲🯳",
            "bytes=🯱-🯲",
            "+1-",
            "bytes=+1-",
            "1-1_23",
            "bytes=1-1_23",
        ] {
            assert!(Range::from_header(header).is_none(), "{header}");
        }
    }

    #[test]
    fn the_range_of_a_body_may_lack_its_place_or_the_length() {
        let read = |header: &str| ContentRange::from_header(header);
        let parts =
            |header: &str| read(header).map(|range| (range.start(), range.stop(), range.length()));
        assert_eq!(parts("bytes 0-98/*"), Some((Some(0), Some(99), None)));
        assert_eq!(parts("bytes */100"), Some((None, None, Some(100))));
        for header in ["bytes 0-98/*", "bytes 0-99/100", "bytes */100"] {
            let range = read(header).unwrap();
            assert_eq!(
                (range.units(), range.to_string().as_str()),
                ("bytes", header)
            );
        }
        for header in [
            "bytes 0-98/*asdfsa",
            "bytes */-1",
            "bytes */🯱🯲🯳",
            "bytes 1-+2/3",
            "bytes 1_23-125/*",
        ] {
            assert!(read(header).is_none(), "{header}");
        }
    }
}

mod dates {
    use std::time::{Duration, UNIX_EPOCH};

    use carafe::headers::date::{http_date, http_date_from_unix, parse_age, parse_date};

    #[test]
    fn dates_are_read_in_their_three_forms_and_others() {
        for (text, unix) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT    ", Some(784_111_777)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
            (" Sun Nov  6 08:49:37 1994", Some(784_111_777)),
            ("foo", None),
            (" Sun 02 Feb 1343 08:49:37 GMT", Some(-19_783_408_223)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Thu, 33 Jan 1970 00:00:00 GMT", None),
        ] {
            assert_eq!(parse_date(text).map(|date| date.unix()), unix, "{text}");
        }
    }

    #[test]
    fn an_age_is_a_count_of_seconds_that_python_can_hold() {
        for (text, seconds) in [
            ("60", Some(60)),
            ("86399999999999", Some(86_399_999_999_999)),
            ("86400000000000", None),
            ("-1", None),
            ("1.5", None),
        ] {
            let age = parse_age(text).map(|age| age.as_secs());
            assert_eq!(age, seconds, "{text}");
        }
    }

    #[test]
    fn moments_are_written_as_dates() {
        let moment = UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(http_date(moment), "Sun, 06 Nov 1994 08:49:37 GMT");
        for (unix, text) in [
            (784_111_777 + 8 * 3600, "Sun, 06 Nov 1994 16:49:37 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
            (-30_641_760_000, "Tue, 01 Jan 0999 00:00:00 GMT"),
            (-30_610_224_000, "Wed, 01 Jan 1000 00:00:00 GMT"),
            (1_577_836_800, "Wed, 01 Jan 2020 00:00:00 GMT"),
        ] {
            assert_eq!(http_date_from_unix(unix), text);
        }
    }
}

mod cookies {
    use carafe::headers::cookie::parse_cookie;
    use carafe::sessions::SameSite;
    use carafe::sessions::cookie::SetCookie;

    fn read(header: &str) -> Vec<(String, Vec<String>)> {
        let cookies = parse_cookie(header.as_bytes());
        cookies
            .lists()
            .map(|(name, values)| (name.to_owned(), values.to_vec()))
            .collect()
    }

    fn single(pairs: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect()
    }

    #[test]
    fn cookies_with_strange_names_and_values_are_read() {
        assert_eq!(
            read(
                "dismiss-top=6; CP=null*; PHPSESSID=0a539d42abc001cdc762809248d4beed;\
                 a=42; b=\"\\\";\";; ; fo234{=bar;blub=Blah; \"__Secure-c\"=d;\
                 ==__Host-eq=bad;__Host-eq=good;"
            ),
            single(&[
                ("dismiss-top", "6"),
                ("CP", "null*"),
                ("PHPSESSID", "0a539d42abc001cdc762809248d4beed"),
                ("a", "42"),
                ("b", "\";"),
                ("fo234{", "bar"),
                ("blub", "Blah"),
                ("\"__Secure-c\"", "d"),
                ("__Host-eq", "good"),
            ])
        );
    }

    #[test]
    fn a_cookie_may_come_twice_or_without_a_value() {
        let header = "first=IamTheFirst ; a=1; oops ; a=2 ;second = andMeTwo;";
        let cookies = parse_cookie(header.as_bytes());
        assert_eq!(cookies.get("a").map(String::as_str), Some("1"));
        assert_eq!(cookies.getlist("a"), ["1", "2"]);
        assert_eq!(cookies.getlist("oops"), [""]);
        assert_eq!(cookies.getlist("first"), ["IamTheFirst"]);
        assert_eq!(cookies.getlist("second"), ["andMeTwo"]);
        assert_eq!(cookies.len(), 4);
    }

    #[test]
    fn cookies_without_a_name_are_left_out() {
        let wanted = single(&[("spam", "ham"), ("duck", "mallard")]);
        assert_eq!(read("spam=ham; duck=mallard; ; "), wanted);
    }

    #[test]
    fn quotes_and_escapes_are_undone() {
        assert_eq!(
            SetCookie::new("foo", "?foo").to_header().unwrap(),
            "foo=?foo; Path=/"
        );
        assert_eq!(read("foo=\"foo\\054bar\""), single(&[("foo", "foo,bar")]));
        assert_eq!(
            read("foo=\"?foo\"; version=\"0.1\";"),
            single(&[("foo", "?foo"), ("version", "0.1")])
        );
    }

    #[test]
    fn a_cookie_is_written_with_its_attributes() {
        let header = SetCookie::new("foo", "bar baz blub")
            .max_age(360)
            .httponly(true)
            .to_header()
            .unwrap();
        let attributes: Vec<_> = header.split("; ").collect();
        for wanted in ["HttpOnly", "Max-Age=360", "Path=/", "foo=\"bar baz blub\""] {
            assert!(attributes.contains(&wanted), "{header}");
        }
        let plain = SetCookie::new("key", "xxx/").to_header().unwrap();
        assert_eq!(plain, "key=xxx/; Path=/");
        let anywhere = SetCookie::new("key", "xxx=").path(None::<&str>);
        assert_eq!(anywhere.to_header().unwrap(), "key=xxx=");
    }

    #[test]
    fn a_domain_is_written_in_ascii() {
        for (domain, written) in [
            ("☃.com", "xn--n3h.com"),
            ("foo.com", "foo.com"),
            ("straße.example", "strasse.example"),
            ("STRAẞE.example", "strasse.example"),
            ("Bücher.Example", "xn--bcher-kva.Example"),
        ] {
            let cookie = SetCookie::new("foo", "bar").domain(Some(domain));
            let wanted = format!("foo=bar; Domain={written}; Path=/");
            assert_eq!(cookie.to_header().unwrap(), wanted);
        }
        // Nothing is left of a label that is a soft hyphen.
        let nothing = SetCookie::new("foo", "bar").domain(Some("a.\u{ad}"));
        assert!(nothing.to_header().is_err());
    }

    #[test]
    fn names_and_values_of_all_alphabets_come_back() {
        let snowman = SetCookie::new("foo", "☃").to_header().unwrap();
        assert_eq!(snowman, "foo=\"\\342\\230\\203\"; Path=/");
        let cookies = parse_cookie(snowman.as_bytes());
        assert_eq!(cookies.get("foo").map(String::as_str), Some("☃"));

        let cookie = SetCookie::new("fö", "fö");
        assert_eq!(cookie.to_header().unwrap(), "fö=\"f\\303\\266\"; Path=/");
        let sent = cookie.to_header_value().unwrap();
        let cookies = parse_cookie(sent.as_bytes());
        assert_eq!(cookies.get("fö").map(String::as_str), Some("fö"));
        assert_eq!(read("fö=fö"), single(&[("fö", "fö")]));
    }

    #[test]
    fn the_size_of_a_cookie_is_that_of_the_whole_header() {
        // Browsers may ignore a larger one, which the log tells.
        let largest = SetCookie::new("foo", "bar".repeat(1360) + "b");
        assert_eq!(largest.to_header().unwrap().len(), 4093);
    }

    #[test]
    fn sites_and_partitions_are_attributes() {
        for (samesite, written) in [
            (Some(SameSite::Strict), "foo=bar; SameSite=Strict"),
            (Some(SameSite::Lax), "foo=bar; SameSite=Lax"),
            (Some(SameSite::None), "foo=bar; SameSite=None"),
            (None, "foo=bar"),
        ] {
            let cookie = SetCookie::new("foo", "bar")
                .samesite(samesite)
                .path(None::<&str>);
            assert_eq!(cookie.to_header().unwrap(), written);
        }
        for secure in [true, false] {
            let cookie = SetCookie::new("foo", "bar")
                .partitioned(true)
                .secure(secure);
            assert_eq!(
                cookie.to_header().unwrap(),
                "foo=bar; Secure; Path=/; Partitioned"
            );
        }
    }
}

#[test]
fn headers_of_bodies_and_of_connections_can_be_removed() {
    use carafe::headers::finish::{remove_entity_headers, remove_hop_by_hop_headers};

    let mut headers = HeaderMap::new();
    let value = HeaderValue::from_static("x");
    for name in [DATE, CONTENT_TYPE, CONTENT_LENGTH] {
        headers.insert(name, value.clone());
    }
    remove_entity_headers(&mut headers);
    assert_eq!(headers.keys().collect::<Vec<_>>(), [DATE]);

    let mut headers = HeaderMap::new();
    for name in ["connection", "foo", "keep-alive"] {
        headers.insert(name, value.clone());
    }
    remove_hop_by_hop_headers(&mut headers);
    assert_eq!(headers.keys().collect::<Vec<_>>(), ["foo"]);
}
