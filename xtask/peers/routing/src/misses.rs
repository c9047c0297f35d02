//! Paths that match nothing, chosen to take long.

use std::hint::black_box;

use carafe_routing::{Bind, Map, Rule};

use crate::table::{self, Contender};

/// A map in which many rules begin alike and differ at the end.
fn map() -> Map {
    let mut map = Map::default();
    for rule in [
        "/<a>/<b>/<c>/<d>/end",
        "/<int:a>/<b>/<int:c>/<d>/end",
        "/<a>/x/<c>/y/end",
        "/<path:p>/edit",
        "/<path:p>/<int:n>/",
        "/<x>-<y>/<z>",
        "/files/<path:p>.txt",
        "/<string(minlength=3, maxlength=9):s>/<path:p>/end",
    ] {
        map.add(Rule::new(rule).endpoint(rule)).unwrap();
    }
    map
}

pub fn run() {
    let map = map();
    let urls = map.bind(Bind::new("localhost")).unwrap();
    let miss = |path: &str| black_box(urls.match_path(black_box(path), "GET", false)).is_err();
    let short = [
        "/a/b/c/d/miss",
        "/1/x/2/y/miss",
        "/a-b/c/d",
        "/files/a/b.pdf",
        "/",
    ];
    let contenders = vec![Contender::new("carafe", || {
        for path in short {
            miss(path);
        }
    })];
    table::print(
        "misses that try every rule",
        contenders,
        short.len(),
        "carafe",
    );

    println!(
        "\nhostile paths, ns/byte\n{:12}{:>10}{:>10}{:>9}",
        "", "8 KiB", "64 KiB", "ratio"
    );
    for (name, piece) in [
        ("slashes", "/"),
        ("percents", "%"),
        ("one segment", "a"),
        ("segments", "/a"),
        ("numbers", "/1"),
        ("dashes", "-"),
        ("mixed", "/a-b/%/1//\u{e9}"),
    ] {
        let times: Vec<f64> = [8, 64]
            .map(|size| {
                let path = format!("/{}", piece.repeat(size * 1024 / piece.len()));
                let mut contenders = [Contender::new(name, || assert!(miss(&path), "a miss"))];
                table::time(&mut contenders, path.len())[0]
            })
            .into();
        println!(
            "{name:12}{:>10.2}{:>10.2}{:>9.2}",
            times[0],
            times[1],
            times[1] / times[0]
        );
    }
}
