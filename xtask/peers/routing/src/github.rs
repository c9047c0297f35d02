//! The 130 routes of GitHub's API, as every router is measured with.

use std::hint::black_box;

use actix_router::{Path, ResourceDef};
use carafe_routing::{Bind, Map, Rule, Uuid};

use crate::table::{self, Contender};

/// One route a line; `{}` stands for a variable.
const ROUTES: &str = include_str!("github.txt");

const UUID: &str = "0d1e2f30-4152-6374-8596-a7b8c9daebfc";

/// What a variable is, with the form of each router and a value.
#[derive(Clone, Copy)]
struct Variable {
    carafe: &'static str,
    actix: &'static str,
    value: &'static str,
    is_path: bool,
}

const TEXT: Variable = Variable {
    carafe: "",
    actix: "",
    value: "octocat",
    is_path: false,
};
const INT: Variable = Variable {
    carafe: "int:",
    actix: r":\d+",
    value: "1347",
    is_path: false,
};
const ID: Variable = Variable {
    carafe: "uuid:",
    actix: ":[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}",
    value: UUID,
    is_path: false,
};
const PATH: Variable = Variable {
    carafe: "path:",
    actix: ":.+",
    value: "src/bin/main.rs",
    is_path: true,
};

/// The routes with plain variables.
pub fn plain() {
    run("GitHub API, 130 routes, plain variables", |_, _, _| TEXT);
}

/// The same with numbers, UUIDs and, at the end of a route, paths.
pub fn typed() {
    run(
        "GitHub API, 130 routes, int, uuid, path and text",
        |route, index, is_last| match (route + index) % 4 {
            0 => INT,
            1 => ID,
            2 if is_last => PATH,
            _ => TEXT,
        },
    );
}

/// A route in the form of each router, and a path that it matches.
struct Route {
    carafe: String,
    matchit: String,
    actix: String,
    path: String,
    variables: Vec<Variable>,
}

fn routes(choose: impl Fn(usize, usize, bool) -> Variable) -> Vec<Route> {
    let routes = ROUTES.lines().enumerate().map(|(number, line)| {
        let mut route = Route {
            carafe: String::new(),
            matchit: String::new(),
            actix: String::new(),
            path: String::new(),
            variables: Vec::new(),
        };
        let texts: Vec<&str> = line.split("{}").collect();
        for (index, text) in texts.iter().enumerate() {
            for form in [
                &mut route.carafe,
                &mut route.matchit,
                &mut route.actix,
                &mut route.path,
            ] {
                form.push_str(text);
            }
            if index + 1 == texts.len() {
                break;
            }
            // A path would take over the routes below it in the other routers.
            let is_last = index + 2 == texts.len() && texts[index + 1].is_empty();
            let below = format!("{line}/");
            let is_last = is_last && !ROUTES.lines().any(|other| other.starts_with(&below));
            let Variable {
                carafe,
                actix,
                value,
                is_path,
            } = choose(number, index, is_last);
            route.carafe.push_str(&format!("<{carafe}v{index}>"));
            // matchit gives a variable of one position the same kind in all routes.
            route.matchit.push_str(&match is_path {
                true => format!("{{*v{index}}}"),
                false => format!("{{v{index}}}"),
            });
            route.actix.push_str(&format!("{{v{index}{actix}}}"));
            route.path.push_str(value);
            route.variables.push(choose(number, index, is_last));
        }
        route
    });
    routes.collect()
}

fn run(title: &str, choose: impl Fn(usize, usize, bool) -> Variable) {
    let routes = routes(choose);
    let paths: Vec<&str> = routes.iter().map(|route| route.path.as_str()).collect();
    let mut map = Map::default();
    for route in &routes {
        // Two routes can come to the same pattern only through their types.
        map.add(Rule::new(route.carafe.as_str()).endpoint(route.carafe.as_str()))
            .unwrap();
    }
    let urls = map.bind(Bind::new("localhost")).unwrap();
    for path in &paths {
        urls.match_path(path, "GET", false).unwrap();
    }

    let mut matchit = matchit::Router::new();
    for (number, route) in routes.iter().enumerate() {
        // Where types tell routes apart, matchit keeps the first alone.
        let _ = matchit.insert(route.matchit.as_str(), number);
    }
    let mut actix = actix_router::Router::<usize, ()>::build();
    for (number, route) in routes.iter().enumerate() {
        actix.rdef(ResourceDef::new(route.actix.as_str()), number);
    }
    let actix = actix.finish();
    let linear: Vec<Vec<Option<&str>>> = routes
        .iter()
        .map(|route| segments(&route.matchit))
        .collect();

    let contenders = vec![
        Contender::new("carafe", || {
            for path in black_box(&paths) {
                black_box(urls.match_path(path, "GET", false)).ok();
            }
        }),
        Contender::new("carafe, bound each time", || {
            for path in black_box(&paths) {
                let urls = map.bind(Bind::new(black_box("localhost"))).unwrap();
                black_box(urls.match_path(path, "GET", false)).ok();
            }
        }),
        Contender::new("matchit", || {
            for path in black_box(&paths) {
                black_box(matchit.at(path)).ok();
            }
        }),
        Contender::new("matchit and values by hand", || {
            for path in black_box(&paths) {
                if let Ok(found) = matchit.at(path) {
                    let variables = &routes[*found.value].variables;
                    for ((_, text), variable) in found.params.iter().zip(variables) {
                        match variable.carafe {
                            "int:" => drop(black_box(text.parse::<i64>())),
                            "uuid:" => drop(black_box(text.parse::<Uuid>())),
                            _ => drop(black_box(text)),
                        }
                    }
                    black_box(found);
                }
            }
        }),
        Contender::new("actix-router", || {
            for path in black_box(&paths) {
                let mut path = Path::new(*path);
                black_box(actix.recognize(&mut path));
                black_box(path);
            }
        }),
        Contender::new("linear scan", || {
            for path in black_box(&paths) {
                let wanted = |route: &&Vec<Option<&str>>| fits(route, path);
                black_box(linear.iter().find(wanted));
            }
        }),
    ];
    table::print(title, contenders, paths.len(), "matchit");
}

/// The segments of a route; none for a variable.
fn segments(route: &str) -> Vec<Option<&str>> {
    route
        .split('/')
        .map(|text| (!text.starts_with('{')).then_some(text))
        .collect()
}

fn fits(route: &[Option<&str>], path: &str) -> bool {
    let mut segments = path.split('/');
    route.iter().all(|wanted| {
        segments
            .next()
            .is_some_and(|segment| wanted.is_none_or(|wanted| wanted == segment))
    }) && segments.next().is_none()
}
