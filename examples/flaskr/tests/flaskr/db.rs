//! The database.

use crate::Site;

#[test]
fn making_the_tables_again_clears_them() {
    let site = Site::new();
    let users = || site.ask::<i64>("SELECT COUNT(*) FROM user");
    assert_eq!(users(), 2);
    let result = site.client.app().test_cli_runner().invoke(["init-db"]);
    assert_eq!(result.output(), "Initialized the database.\n");
    assert_eq!(users(), 0);
}
