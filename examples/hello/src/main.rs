//! Routes, a URL argument and an error handler.

use carafe::prelude::*;

fn index() -> &'static str {
    "<p>Hello, World!</p>"
}

async fn show_user(id: i64) -> String {
    format!("<p>User {id}</p>")
}

fn not_found(_error: &HttpError) -> (&'static str, u16) {
    ("<p>Nothing here.</p>", 404)
}

fn create_app() -> App {
    let mut app = carafe::app!();
    app.route("/", index);
    app.route("/user/<int:id>", show_user);
    app.error_handler(404, not_found);
    app
}

fn main() -> Result<()> {
    create_app().run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_routes_answer() {
        let client = create_app().test_client();
        assert_eq!(client.get("/").send().text(), "<p>Hello, World!</p>");
        assert_eq!(client.get("/user/7").send().text(), "<p>User 7</p>");
        assert_eq!(client.get("/user/ada").send().status(), 404);
    }
}
