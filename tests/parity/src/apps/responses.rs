//! What a view may return, cookies, conditional and file responses.

mod cookies; // cookies that are set and deleted
mod files; // files, and parts of files
mod headers; // headers by what they hold, tags and dates
mod values; // return values, streams, JSON and redirects

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use carafe::ReadyApp;
use carafe::prelude::*;

use crate::support::{Setup, new_app};

/// A moment by the seconds since the epoch.
fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Changes what a view has answered, as the query wants it.
async fn changes(mut response: Response) -> Result {
    let request = request();
    match request.args().get("change").map_or("", String::as_str) {
        "body" => {
            let body = response.data().await?;
            response.set_body([b"[", &body[..], b"]"].concat());
        }
        "status" => response.set_status(299)?,
        "status-text" => response.set_status_line("250 Own Words")?,
        "type" => response.set_mimetype("text/plain")?,
        "drop" => drop(response.headers_mut().remove("Content-Type")),
        "other" => return make_response(("other", 201, [("X-Other", "1")])),
        _ => {}
    }
    Ok(response)
}

fn change() -> &'static str {
    "body"
}

pub(crate) fn create_app(setup: &Setup) -> Result<ReadyApp> {
    let mut app = new_app("responses", setup)?;
    values::routes(&mut app);
    cookies::routes(&mut app);
    headers::routes(&mut app);
    files::routes(&mut app);
    app.after_request(changes);
    app.route("/change", change);
    app.build()
}
