//! The same requests against maps of 10 to 10,000 rules.

use std::hint::black_box;

use carafe_routing::{Bind, Map, Rule};

use crate::table::{self, Contender};

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

/// Rules in sections of ten: plain text, one variable, one number.
fn rule(number: usize) -> (String, String, String) {
    let (section, item) = (number / 10, number % 10);
    let base = format!("/section-{section}/item-{item}");
    match number % 3 {
        0 => (
            format!("{base}/edit"),
            format!("{base}/edit"),
            format!("{base}/edit"),
        ),
        1 => (
            format!("{base}/<name>"),
            format!("{base}/{{name}}"),
            format!("{base}/octocat"),
        ),
        _ => (
            format!("{base}/<int:id>"),
            format!("{base}/{{id}}"),
            format!("{base}/1347"),
        ),
    }
}

pub fn run() {
    println!("\nmaps of growing size, ns/request (ten requests spread over the map; all of it)");
    println!(
        "{:>8}{:>12}{:>12}{:>12}{:>12}",
        "rules", "carafe", "matchit", "all carafe", "all matchit"
    );
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for size in SIZES {
        rows.push(measure(size));
        let cells: String = rows
            .last()
            .into_iter()
            .flatten()
            .map(|ns| format!("{ns:>12.1}"))
            .collect();
        println!("{size:>8}{cells}");
    }
    let (first, last) = (&rows[0], &rows[rows.len() - 1]);
    let cells: String = first
        .iter()
        .zip(last)
        .map(|(a, b)| format!("{:>12.2}", b / a))
        .collect();
    println!("{:>8}{cells}", "ratio");
}

fn measure(size: usize) -> Vec<f64> {
    let rules: Vec<_> = (0..size).map(rule).collect();
    let mut map = Map::default();
    let mut matchit = matchit::Router::new();
    for (number, (carafe, plain, _)) in rules.iter().enumerate() {
        map.add(Rule::new(carafe.as_str()).endpoint(carafe.as_str()))
            .unwrap();
        matchit.insert(plain.as_str(), number).unwrap();
    }
    let urls = map.bind(Bind::new("localhost")).unwrap();
    let all: Vec<&str> = rules.iter().map(|(_, _, path)| path.as_str()).collect();
    let few: Vec<&str> = all.iter().step_by(size / 10).copied().collect();
    let mut figures = Vec::new();
    for paths in [few, all] {
        let mut contenders = [
            Contender::new("carafe", || {
                for path in black_box(&paths) {
                    black_box(urls.match_path(path, "GET", false)).ok();
                }
            }),
            Contender::new("matchit", || {
                for path in black_box(&paths) {
                    black_box(matchit.at(path)).ok();
                }
            }),
        ];
        figures.extend(table::time(&mut contenders, paths.len()));
    }
    figures
}
