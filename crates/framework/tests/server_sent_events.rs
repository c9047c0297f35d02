//! Events that a page listens to, over a socket.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod server;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use carafe::prelude::*;
use carafe::{Event, EventStream, stream_with_context};
use futures_util::{Stream, stream};
use tokio::sync::mpsc::{self, Receiver};

fn received(events: Receiver<Event>) -> impl Stream<Item = Result<Event>> + Send {
    stream::unfold(events, |mut events| async {
        let event = events.recv().await?;
        Some((Ok(event), events))
    })
}

#[tokio::test]
async fn events_come_one_by_one_until_the_client_leaves() {
    let (sender, receiver) = mpsc::channel(1);
    let receiver = Arc::new(Mutex::new(Some(receiver)));
    let mut app = App::new("tests");
    app.route("/", move || {
        let receiver = receiver.lock().unwrap().take();
        receiver
            .map(|receiver| EventStream::new(received(receiver)))
            .or_404()
    })
    .endpoint("events");
    let address = server::serve(app.build().unwrap()).await;

    let mut page = server::begin(address, "/").await;
    sender.send(Event::data("one").id("1")).await.unwrap();
    let head = server::read_until(&mut page, "id: 1\ndata: one\n\n").await;
    assert!(
        head.contains("content-type: text/event-stream\r\n"),
        "{head}"
    );
    assert!(head.contains("cache-control: no-cache\r\n"), "{head}");
    assert!(!head.contains("content-length"), "{head}");
    sender.send(Event::data("two").event("news")).await.unwrap();
    server::read_until(&mut page, "event: news\ndata: two\n\n").await;

    drop(page);
    let left = tokio::time::timeout(Duration::from_secs(30), sender.closed());
    left.await
        .expect("the stream is dropped when the client has left");
}

#[test]
fn a_stream_of_events_may_keep_the_context() {
    let mut app = App::new("tests");
    app.route("/ticks", || {
        let ticks = stream::once(async { Event::json(&request().path()) });
        stream_with_context(ticks).map(EventStream::new)
    })
    .endpoint("ticks");
    let response = app.test_client().get("/ticks").send();
    assert_eq!(response.text(), "data: \"/ticks\"\n\n");
}
