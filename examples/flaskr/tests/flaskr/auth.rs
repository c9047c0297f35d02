//! Registering, logging in and out.

use flaskr::auth::User;

use crate::Site;

#[test]
fn a_user_registers_and_logs_in() {
    let site = Site::new();
    assert_eq!(site.get("/auth/register").status(), 200);
    assert_eq!(
        site.register("a", "b").header("location"),
        Some("/auth/login")
    );
    assert_eq!(site.login("a", "a").status(), 200);
    assert_eq!(site.login("a", "b").header("location"), Some("/"));
}

#[test]
fn passwords_are_not_stored() {
    let site = Site::new();
    site.register("a", "secret");
    let stored: String = site.ask("SELECT password FROM user WHERE username = 'a'");
    assert!(stored.starts_with("scrypt:") && !stored.contains("secret"));
}

#[test]
fn registering_tells_what_is_wrong() {
    let site = Site::new();
    for (username, password, message) in [
        ("", "", "Username is required."),
        ("a", "", "Password is required."),
        ("test", "test", "already registered"),
    ] {
        let page = site.register(username, password).text();
        assert!(page.contains(message), "{page}");
    }
}

#[test]
fn the_user_is_in_the_session_and_in_g() {
    let site = Site::new();
    assert_eq!(site.get("/auth/login").status(), 200);
    assert_eq!(site.login("test", "test").header("location"), Some("/"));
    let index = site.get("/");
    let user = index.context().g().get::<Option<User>>("user").flatten();
    assert_eq!(user.unwrap().username, "test");
    assert_eq!(site.user_id(), Some(1.into()));
}

#[test]
fn logging_in_tells_what_is_wrong() {
    let site = Site::new();
    for (username, password, message) in [
        ("a", "test", "Incorrect username."),
        ("test", "a", "Incorrect password."),
    ] {
        let page = site.login(username, password).text();
        assert!(page.contains(message), "{page}");
    }
}

#[test]
fn logging_out_forgets_the_user() {
    let site = Site::new();
    site.login("test", "test");
    site.get("/auth/logout");
    assert_eq!(site.user_id(), None);
}
