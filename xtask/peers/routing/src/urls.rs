//! Building URLs.

use std::hint::black_box;

use carafe_routing::{Bind, BuildOptions, Map, Rule, Values};

use crate::table::{self, Contender};

pub fn run() {
    let mut map = Map::default();
    for number in 0..100 {
        let rule = format!("/section-{number}/<name>/<int:id>");
        map.add(Rule::new(rule).endpoint(format!("section-{number}")))
            .unwrap();
    }
    let urls = map.bind(Bind::new("localhost")).unwrap();
    let plain = Values::new().with("name", "octocat").with("id", 1347);
    let query = plain.clone().with("tab", "pull requests").with("page", 2);
    let build = |values: &Values<'_>| {
        black_box(urls.build(
            black_box("section-50"),
            black_box(values),
            BuildOptions::default(),
        ))
    };
    let contenders = vec![
        Contender::new("carafe", || drop(build(&plain))),
        Contender::new("carafe, with a query", || drop(build(&query))),
        Contender::new("format! alone", || {
            let (section, name, id) = black_box((50, "octocat", 1347));
            drop(black_box(format!("/section-{section}/{name}/{id}")));
        }),
    ];
    table::print(
        "building a URL of 100 endpoints",
        contenders,
        1,
        "format! alone",
    );
}
