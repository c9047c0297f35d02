//! The app under `carafe dev`: told when to stop, and pages that load themselves anew. Flask: the reloader.
//!
//! The supervisor holds the listening socket and hands it down in `LISTEN_FDS`. `CARAFE_DEV` names the port and
//! the word under which the app reports that it serves, and the port where browsers wait for news. The app ends
//! when the supervisor says so or is gone, so that none is left behind.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::app::ReadyApp;
use crate::context::AppContext;
use crate::error::Error;
use crate::response::Body;

/// The supervisor that the program runs under.
#[derive(Clone)]
pub(crate) struct Supervisor {
    control: u16,
    word: String,
    news: u16,
    /// The number of the last change that pages were told of.
    generation: Arc<AtomicU64>,
}

impl Supervisor {
    /// Reads `CARAFE_DEV`: `CONTROL-PORT NEWS-PORT WORD GENERATION`; none without one.
    pub(crate) fn from_environment() -> Option<Self> {
        let text = env::var("CARAFE_DEV").ok()?;
        let mut parts = text.split(' ');
        Some(Self {
            control: parts.next()?.parse().ok()?,
            news: parts.next()?.parse().ok()?,
            word: parts.next()?.to_owned(),
            generation: Arc::new(parts.next()?.parse::<u64>().ok()?.into()),
        })
    }

    /// Reports that the app serves, and waits until the supervisor says that it should not any more.
    pub(crate) async fn ended(&self, app: &ReadyApp) {
        // An app that cannot reach its supervisor must not outlive it.
        let _ = self.listen(app).await;
    }

    /// What to add to the answer to a request; none for a request that is for no page.
    pub(crate) fn reload(&self, ctx: &AppContext) -> Option<Reload> {
        let request = ctx.request()?;
        is_page(request.method(), request.headers()).then(|| {
            Reload {
                news: self.news,
                // Read before the page is made: a change in the meantime then reloads it once more.
                generation: self.generation.load(Ordering::Relaxed),
            }
        })
    }

    async fn listen(&self, app: &ReadyApp) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.control)).await?;
        let mut report = format!("{}\n", self.word);
        for folder in folders(app) {
            report.push_str(&format!("{}\n", folder.display()));
        }
        report.push('\n');
        stream.write_all(report.as_bytes()).await?;
        let mut lines = BufReader::new(stream).lines();
        while let Some(line) = lines.next_line().await? {
            if let Ok(generation) = line.parse() {
                self.generation.store(generation, Ordering::Relaxed);
            }
        }
        Ok(())
    }
}

/// The folders whose files make pages, and whose changes need no other program.
fn folders(app: &ReadyApp) -> impl Iterator<Item = PathBuf> {
    let inner = app.inner();
    #[cfg(feature = "templates")]
    let templates = inner.template_folder.as_ref();
    #[cfg(not(feature = "templates"))]
    let templates: Option<&PathBuf> = None;
    let folders = inner.static_folder.iter().chain(templates);
    folders.map(|folder| app.root_path().join(folder))
}

/// What has a page load itself anew when the supervisor on a port has news beyond a number.
#[doc(hidden)]
pub fn reload_script(news: u16, generation: u64) -> String {
    format!(
        "<script>(()=>{{if(window.carafeDev)return;window.carafeDev=new EventSource(\
         \"http://\"+location.hostname+\":{news}/?since={generation}\");\
         window.carafeDev.addEventListener(\"reload\",()=>location.reload())}})()</script>"
    )
}

/// What has a page load itself anew after a change that it does not show yet.
pub(crate) struct Reload {
    news: u16,
    generation: u64,
}

impl Reload {
    /// Adds the script to an answer that is a page.
    pub(crate) fn added_to(&self, response: http::Response<Body>) -> http::Response<Body> {
        match is_html(&response) {
            true => with_script(response, reload_script(self.news, self.generation)),
            false => response,
        }
    }
}

/// Whether a request is for a page of its own, and not for a piece of one.
fn is_page(method: &Method, headers: &HeaderMap) -> bool {
    let purpose = headers.get("sec-fetch-dest");
    let is_page = |purpose: &HeaderValue| {
        [&b"document"[..], b"iframe", b"frame"].contains(&purpose.as_bytes())
    };
    *method == Method::GET && purpose.is_none_or(is_page)
}

fn is_html(response: &http::Response<Body>) -> bool {
    let headers = response.headers();
    let content_type = headers
        .get(CONTENT_TYPE)
        .map_or(&[][..], HeaderValue::as_bytes);
    let has_body = !matches!(
        response.status(),
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT
    );
    has_body && content_type.starts_with(b"text/html") && !headers.contains_key(CONTENT_ENCODING)
}

/// Adds the script to the end, where browsers accept it also behind the end of the document.
fn with_script(response: http::Response<Body>, script: String) -> http::Response<Body> {
    let (mut parts, body) = response.into_parts();
    for name in [CONTENT_LENGTH, ETAG, LAST_MODIFIED] {
        parts.headers.remove(name);
    }
    parts
        .headers
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let chunks = body.into_data_stream().map_err(Error::from);
    let last = stream::once(async move { Ok::<_, Error>(Bytes::from(script)) });
    http::Response::from_parts(parts, Body::stream(chunks.chain(last)))
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue, Method};
    use http_body_util::BodyExt;

    use super::{is_html, is_page, with_script};
    use crate::lifecycle::block_on;
    use crate::response::Body;

    fn response(status: u16, content_type: &str) -> http::Response<Body> {
        let builder = http::Response::builder().status(status);
        let builder = builder
            .header("content-type", content_type)
            .header("content-length", "4");
        builder.body(Body::from("page")).expect("a response")
    }

    #[test]
    fn pages_get_the_script_at_their_end() {
        let page = response(200, "text/html; charset=utf-8");
        assert!(is_html(&page));
        let page = with_script(page, "<script>".to_owned());
        assert_eq!(page.headers().get("content-length"), None);
        assert_eq!(page.headers()["cache-control"], "no-store");
        let body = block_on(page.into_body().collect())
            .expect("a body")
            .to_bytes();
        assert_eq!(body, "page<script>");
    }

    #[test]
    fn what_is_no_page_stays_as_it_is() {
        assert!(!is_html(&response(200, "text/plain")));
        assert!(!is_html(&response(304, "text/html")));
        let is_page = |method, purpose: Option<&'static str>| {
            let purpose = purpose.map(HeaderValue::from_static);
            let headers =
                purpose.map(|purpose| (HeaderName::from_static("sec-fetch-dest"), purpose));
            is_page(&method, &headers.into_iter().collect())
        };
        assert!(is_page(Method::GET, Some("document")));
        assert!(!is_page(Method::GET, Some("empty")));
        assert!(!is_page(Method::POST, Some("document")));
        assert!(is_page(Method::GET, None));
    }
}
