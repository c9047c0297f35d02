//! Matching takes any rules and any path, and what it gives can be read back.
#![no_main]

use carafe_routing::{Bind, BuildOptions, Map, MatchError, Rule};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // The last line is the path, the others are rules.
    let (rules, path) = text.rsplit_once('\n').unwrap_or((text, text));
    let mut map = Map::default();
    for (number, line) in rules.lines().take(16).enumerate() {
        let rule = Rule::new(line)
            .endpoint(format!("e{}", number % 3))
            .strict_slashes(number % 5 != 1)
            .merge_slashes(number % 7 != 2)
            .websocket(number % 11 == 3);
        let rule = match number % 4 {
            3 => rule.methods(["POST"]),
            _ => rule,
        };
        let _ = map.add(rule);
    }
    let urls = map.bind(Bind::new("localhost")).expect("the name is valid");
    match urls.match_path(path, "GET", false) {
        Ok(found) => {
            let rule = found.rule(&map);
            assert_eq!(found.args(path).len(), rule.arguments().len());
            let values = found.named_args(&map, path).collect();
            let endpoint = rule.endpoint_name().expect("every rule has one");
            // Another rule of the endpoint may suit better; any URL will do.
            let _ = urls.build(endpoint, &values, BuildOptions::default());
        }
        Err(MatchError::RequestRedirect { url, code }) => {
            assert_eq!(code, 308);
            assert!(url.starts_with("http://localhost/"), "{url}");
        }
        Err(MatchError::MethodNotAllowed { allowed }) => assert!(!allowed.is_empty()),
        Err(_) => {}
    }
    let _ = urls.allowed_methods(path);
});
