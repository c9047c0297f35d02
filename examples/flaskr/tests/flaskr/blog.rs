//! Reading, writing, changing and deleting posts.

use crate::Site;

const POST: [(&str, &str); 2] = [("title", "written"), ("body", "")];

fn logged_in() -> Site {
    let site = Site::new();
    site.login("test", "test");
    site
}

#[test]
fn the_index_shows_posts_and_what_can_be_done() {
    let site = Site::new();
    let page = site.get("/").text();
    assert!(
        page.contains("Log In") && page.contains("Register"),
        "{page}"
    );

    site.login("test", "test");
    let page = site.get("/").text();
    for part in [
        "test title",
        "by test on 2018-01-01",
        "test\nbody",
        "href=\"/1/update\"",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[test]
fn only_users_write() {
    let site = Site::new();
    for path in ["/create", "/1/update", "/1/delete"] {
        assert_eq!(
            site.post(path, &POST).header("location"),
            Some("/auth/login")
        );
    }
}

#[test]
fn only_authors_change() {
    let site = logged_in();
    site.ask::<i64>("UPDATE post SET author_id = 2 RETURNING id");
    assert_eq!(site.post("/1/update", &POST).status(), 403);
    assert_eq!(site.post("/1/delete", &[]).status(), 403);
    assert!(!site.get("/").text().contains("href=\"/1/update\""));
}

#[test]
fn a_post_must_exist() {
    let site = logged_in();
    for path in ["/2/update", "/2/delete"] {
        let page = site.post(path, &POST);
        assert_eq!(page.status(), 404);
        assert!(page.text().contains("Post id 2 doesn&#39;t exist."));
    }
}

#[test]
fn a_post_is_created() {
    let site = logged_in();
    assert_eq!(site.get("/create").status(), 200);
    assert_eq!(site.post("/create", &POST).header("location"), Some("/"));
    let count: i64 = site.ask("SELECT COUNT(*) FROM post");
    assert_eq!(count, 2);
}

#[test]
fn a_post_is_changed() {
    let site = logged_in();
    assert_eq!(site.get("/1/update").status(), 200);
    assert_eq!(site.post("/1/update", &POST).header("location"), Some("/"));
    let title: String = site.ask("SELECT title FROM post");
    assert_eq!(title, "written");
}

#[test]
fn a_post_needs_a_title() {
    let site = logged_in();
    for path in ["/create", "/1/update"] {
        let page = site.post(path, &[("title", ""), ("body", "kept")]).text();
        assert!(
            page.contains("Title is required.") && page.contains("kept</textarea>"),
            "{page}"
        );
    }
}

#[test]
fn a_post_is_deleted() {
    let site = logged_in();
    assert_eq!(site.post("/1/delete", &[]).header("location"), Some("/"));
    let count: i64 = site.ask("SELECT COUNT(*) FROM post");
    assert_eq!(count, 0);
}
