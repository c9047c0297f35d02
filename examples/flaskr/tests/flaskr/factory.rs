//! Putting the app together.

use flaskr::{create_app, instance_config};

use crate::Site;

#[test]
fn tests_bring_their_own_configuration() {
    assert!(!create_app(instance_config).unwrap().config.testing);
    let tested = create_app(|config| {
        config.testing(true);
        Ok(())
    });
    assert!(tested.unwrap().config.testing);
}

#[test]
fn hello_says_hello() {
    assert_eq!(Site::new().get("/hello").text(), "Hello, World!");
}

#[test]
fn the_style_sheet_is_served() {
    let style = Site::new().get("/static/style.css");
    assert_eq!(
        (style.status(), style.header("content-type")),
        (200, Some("text/css; charset=utf-8"))
    );
}
