//! A view with an argument of a type that cannot be one.

use carafe::prelude::*;

fn show(items: Vec<String>) -> String {
    items.join(", ")
}

fn main() {
    let mut app = App::new("mistake");
    app.route("/<items>", show);
}
