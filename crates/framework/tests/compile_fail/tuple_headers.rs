//! A returned tuple whose second place is neither a status nor headers.

use carafe::prelude::*;

fn index() -> (&'static str, &'static str) {
    ("created", "201 CREATED")
}

fn main() {
    let mut app = App::new("mistake");
    app.route("/", index);
}
