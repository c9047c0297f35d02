//! `routes`: the rules of the app. Flask: `flask.cli.routes_command`.

use crate::app::ReadyApp;
use crate::cli::output::{Output, Stream};
use crate::cli::parser::RoutesOptions;
use crate::cli::table::table;

/// Shows the routes.
pub(super) fn show(app: &ReadyApp, options: &RoutesOptions, output: &Output) {
    let map = app.url_map();
    if map.rules().len() == 0 {
        output.line(Stream::Output, "No routes were registered.");
        return;
    }
    let matches_hosts = map.options().host_matching;
    let domain = |rule: &carafe_routing::Rule| {
        let text = if matches_hosts {
            rule.host_text()
        } else {
            rule.subdomain_text()
        };
        text.unwrap_or_default().to_owned()
    };
    let has_domain = map.rules().any(|rule| !domain(rule).is_empty());
    let mut header = vec!["Endpoint", "Methods"];
    let mut orders = vec!["endpoint", "methods"];
    if has_domain {
        header.push(if matches_hosts { "Host" } else { "Subdomain" });
        orders.push("domain");
    }
    header.push("Rule");
    orders.push("rule");
    let mut rows: Vec<Vec<String>> = map
        .rules()
        .map(|rule| {
            let methods = rule.method_names().unwrap_or_default();
            let hidden = |name: &String| {
                !options.all_methods && ["HEAD", "OPTIONS"].contains(&name.as_str())
            };
            let methods: Vec<_> = methods.into_iter().filter(|name| !hidden(name)).collect();
            let mut row = vec![
                rule.endpoint_name().unwrap_or_default().to_owned(),
                methods.join(", "),
            ];
            row.extend(has_domain.then(|| domain(rule)));
            row.push(rule.rule().to_owned());
            row
        })
        .collect();
    if let Some(column) = orders.iter().position(|order| *order == options.sort) {
        rows.sort_by(|one, other| one.get(column).cmp(&other.get(column)));
    }
    output.text(Stream::Output, table(&header, &rows));
}
