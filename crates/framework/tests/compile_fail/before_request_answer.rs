//! A `before_request` function that returns what ends no request.

use carafe::prelude::*;

fn main() {
    let mut app = App::new("mistake");
    app.before_request(|| 404);
}
