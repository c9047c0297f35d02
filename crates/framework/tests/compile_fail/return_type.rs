//! A view that returns what no response can be made of.

use carafe::prelude::*;

fn index() -> f64 {
    1.0
}

fn main() {
    let mut app = App::new("mistake");
    app.route("/", index);
}
