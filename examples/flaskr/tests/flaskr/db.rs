//! The database.

use flaskr::db::init_db;

use crate::Site;

#[test]
fn making_the_tables_again_clears_them() {
    let site = Site::new();
    let users = || site.ask::<i64>("SELECT COUNT(*) FROM user");
    assert_eq!(users(), 2);
    site.in_context(|| init_db().unwrap());
    assert_eq!(users(), 0);
}
