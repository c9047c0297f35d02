//! An app whose views fail in every way, for a look at the page that tells of it.

use std::fmt;
use std::num::ParseIntError;

use carafe::prelude::*;

/// Nothing that a browser gets may hold it.
const SECRET: &str = "correct-horse-battery-staple";

/// An amount of coffee that cannot be brewed.
#[derive(Debug)]
struct BadOrder {
    order: String,
    source: ParseIntError,
}

impl fmt::Display for BadOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot brew {:?} with the key {SECRET}", self.order)
    }
}

impl std::error::Error for BadOrder {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

fn sit_down() -> Result<&'static str> {
    session().insert("table", "by the window")?;
    session().insert("token", SECRET)?;
    Ok("Welcome!")
}

fn brew(order: String) -> Result<String> {
    g().set("waiter", String::from("Ada"));
    let cups = cups(&order)?;
    Ok(format!("{cups} cups"))
}

fn cups(order: &str) -> Result<u32> {
    let cups = order.parse();
    Ok(cups.map_err(|source| BadOrder {
        order: order.to_owned(),
        source,
    })?)
}

fn spill() -> &'static str {
    let cups: Vec<&str> = Vec::new();
    cups[0]
}

fn serve() -> Result {
    let menu =
        "<ul>\n{% for cup in cups %}\n  <li>{{ cup.name.upper() }}</li>\n{% endfor %}\n</ul>";
    render_template_string(menu, context! { cups = [1, 2] })
}

fn main() -> Result<()> {
    let mut app = carafe::app!();
    app.config.debug(true).secret_key(SECRET);
    app.route("/", sit_down);
    app.route("/brew/<order>", brew);
    app.route("/spill", spill);
    app.route("/serve", serve);
    app.run()
}
