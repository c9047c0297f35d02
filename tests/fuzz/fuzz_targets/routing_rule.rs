//! Any text is taken as a rule or refused with a place; what was taken works.
#![no_main]

use carafe_routing::{Bind, BuildOptions, Map, Rule, Value, Values};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // The first line is the rule, the second its subdomain.
    let (rule, subdomain) = text.split_once('\n').unwrap_or((text, ""));
    let mut map = Map::default();
    let added = map.add(Rule::new(rule).subdomain(subdomain).endpoint("e"));
    let id = match added {
        Ok(id) => id,
        Err(error) => {
            let length = error.rule().chars().count();
            assert!(error.column().is_none_or(|column| column <= length + 1), "{error:#}");
            return;
        }
    };
    // A second rule of the same text is always a duplicate.
    assert!(map.add(Rule::new(rule).subdomain(subdomain)).is_err());

    let urls = map.bind(Bind::new("localhost")).expect("the name is valid");
    let _ = urls.match_path(rule, "GET", false);
    let arguments = map.rule(id).arguments();
    let values: Values = arguments.map(|(name, _)| (name.to_owned(), Value::from(7))).collect();
    if let Ok(url) = urls.build("e", &values, BuildOptions::default()) {
        let _ = urls.match_path(&url, "GET", false);
    }
});
