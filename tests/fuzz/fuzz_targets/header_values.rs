//! Any header is read, and what was read can be written and read again.
#![no_main]

use carafe::headers::accept::{CharsetAccept, EncodingAccept, LanguageAccept, MimeAccept};
use carafe::headers::authorization::Authorization;
use carafe::headers::cache_control::{RequestCacheControl, ResponseCacheControl};
use carafe::headers::etag::ETags;
use carafe::headers::header_set::HeaderSet;
use carafe::headers::range::{ContentRange, IfRange, Range};
use carafe::headers::www_authenticate::WwwAuthenticate;
use carafe::headers::{content_type, date, host, lists, options, quoting};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &str| {
    accept(header);
    ranges(header);
    let items = lists::parse_list_header(header);
    assert_eq!(lists::parse_list_header(&lists::dump_list_header(&items)).len(), items.len());
    let _ = lists::parse_dict_header(header);
    let _ = options::parse_options_header(header);
    let _ = content_type::parse_content_type(header);
    let quoted = quoting::quote_header_value(header, true);
    assert_eq!(quoting::unquote_header_value(&quoted), header);
    let _ = HeaderSet::from_header(header).to_string();
    let _ = RequestCacheControl::from_header(header).to_string();
    let _ = ResponseCacheControl::from_header(header).to_string();
    let _ = Authorization::from_header(header).map(|auth| auth.to_string());
    let _ = WwwAuthenticate::from_header(header).map(|auth| auth.to_string());
    let _ = host::host_is_trusted(header, &["example.com", header]);
});

fn accept(header: &str) {
    let mime = MimeAccept::from_header(Some(header));
    let _ = mime.best_match(["text/html", "application/json"]);
    let _ = mime.quality(header);
    let _ = mime.to_string();
    let language = LanguageAccept::from_header(Some(header));
    let _ = language.best_match(["en", "en-GB", header]);
    let _ = CharsetAccept::from_header(Some(header)).quality("utf-8");
    let encoding = EncodingAccept::from_header(Some(header));
    assert!(encoding.iter().all(|(_, quality)| (0.0..=1.0).contains(&quality)));
}

fn ranges(header: &str) {
    if let Some(range) = Range::from_header(header) {
        for length in [0, 1, 1000, u64::MAX] {
            if let Some((start, stop)) = range.range_for_length(Some(length)) {
                assert!(start < stop && stop <= length);
                assert!(range.to_content_range_header(Some(length)).is_some());
            }
        }
        let _ = range.to_string();
    }
    let _ = ContentRange::from_header(header).map(|range| range.to_string());
    let _ = IfRange::from_header(header).to_header();
    let tags = ETags::from_header(header);
    let _ = tags.contains_raw(header);
    if let Some(date) = date::parse_date(header) {
        assert_eq!(date::parse_date(&date::http_date_from_unix(date.unix())).map(|d| d.unix()), Some(date.unix()));
    }
}
