//! Tells browsers to load their page anew, by server-sent events.

use std::net::IpAddr;

use carafe::prelude::*;
use carafe::{Event, EventStream};
use futures_util::stream;
use tokio::net::TcpListener;
use tokio::sync::watch::Receiver;

/// Serves the news on a port of its own, which it returns: they go on while the app is replaced.
pub(crate) async fn serve(host: IpAddr, generation: Receiver<u64>) -> Result<u16> {
    let listener = TcpListener::bind((host, 0)).await?;
    let port = listener.local_addr()?.port();
    let app = app(generation).build()?;
    tokio::spawn(async move { app.serve(listener, std::future::pending()).await });
    Ok(port)
}

fn app(generation: Receiver<u64>) -> App {
    let mut app = App::new("carafe-news");
    app.static_folder = None;
    app.route("/", move || -> Result<Response> {
        let since = request()
            .args()
            .get("since")
            .and_then(|text| text.parse().ok());
        let mut response = make_response(events(generation.clone(), since.unwrap_or(0)))?;
        // The page is on another port, which is another origin.
        response.set_header("access-control-allow-origin", "*")?;
        Ok(response)
    })
    .endpoint("news");
    app
}

/// An event for each change beyond one, whether it is still to come or was missed.
fn events(generation: Receiver<u64>, since: u64) -> EventStream {
    EventStream::new(stream::unfold(
        (generation, since),
        |(mut generation, since)| async move {
            let number = *generation.wait_for(|number| *number > since).await.ok()?;
            let event = Event::data(number.to_string()).event("reload");
            Some((Ok::<_, Error>(event), (generation, number)))
        },
    ))
}
