//! Any cookie header is read, and looking for one cookie agrees with reading all of them.
#![no_main]

use carafe::headers::cookie;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &[u8]| {
    let cookies = cookie::parse_cookie(header);
    for (name, value) in cookies.items() {
        assert_eq!(cookie::find(header, name).as_deref(), Some(value.as_str()));
    }
});
