//! A view that returns nothing.

use carafe::prelude::*;

fn index() {}

fn main() {
    let mut app = App::new("mistake");
    app.route("/", index);
}
