//! A view that borrows a variable of the URL.

use carafe::prelude::*;

fn show(name: &'static str) -> &'static str {
    name
}

fn main() {
    let mut app = App::new("mistake");
    app.route("/<name>", show);
}
