//! The stores that come with the crate pass the suite that every store must pass.

use carafe_sessions::acceptance;
use carafe_sessions::server_side::MemoryStore;

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn the_store_in_memory_passes_the_suite() {
    let report = acceptance::check(
        || async { MemoryStore::new(1000) },
        |task| {
            let running = tokio::spawn(task);
            async move { running.await.unwrap_or_default() }
        },
    )
    .await;
    report.assert_passed();
}
