//! A route that is added after the app was built.

use carafe::prelude::*;

fn main() {
    let mut app = App::new("mistake");
    let client = app.test_client();
    app.route("/", || "too late").endpoint("late");
    client.get("/").send();
}
