//! What is shown in place of an app that is not there: why it is not.

use std::net::TcpListener;

use carafe::prelude::*;
use carafe::reload_script;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::ansi;

/// A page that answers every request.
pub(crate) struct Page {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Page {
    /// Begins to answer on the socket, with what was wrong as a terminal shows it.
    pub(crate) fn serve(
        listener: &TcpListener,
        title: &str,
        text: &str,
        news: (u16, u64),
    ) -> Result<Self> {
        let html = html(title, text, &reload_script(news.0, news.1));
        let mut app = App::new("carafe-page");
        app.static_folder = None;
        app.before_request(move || -> Result<Response> {
            let mut response = make_response((html.clone(), 500))?;
            response.set_header("cache-control", "no-store")?;
            Ok(response)
        });
        let app = app.build()?;
        let listener = tokio::net::TcpListener::from_std(listener.try_clone()?)?;
        let (stop, stopping) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let stopped = async { drop(stopping.await) };
            // It cannot fail before it is told to stop.
            let _ = app.serve(listener, stopped).await;
        });
        Ok(Self { stop, task })
    }

    /// Ends the answering, once what is under way is answered.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

fn html(title: &str, text: &str, script: &str) -> String {
    let (title, text) = (ansi::escape(title), ansi::to_html(text.trim_end()));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <h1>{title}</h1>\n<pre>{text}</pre>\n<p>This page goes away by itself once the app serves again.</p>\n\
         {script}\n</html>\n"
    )
}

const STYLE: &str = "\
:root{color-scheme:light dark;--red:#b3261e;--green:#1b6e2c;--yellow:#7a5b00;--blue:#1f4fb0;--magenta:#8a2a86;\
--cyan:#0b6a75}\
@media(prefers-color-scheme:dark){:root{--red:#ff8a80;--green:#7fdc8f;--yellow:#ffd666;--blue:#8ab4ff;\
--magenta:#f0a6ec;--cyan:#7fdfe8}}\
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.4rem;color:var(--red)}\
pre{font:14px/1.45 ui-monospace,monospace;overflow-x:auto;padding:1rem;border:1px solid;border-radius:6px}\
.b{font-weight:bold}";

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn what_is_wrong_is_shown_as_text() {
        let page = html("a < b", "\u{1b}[31mVec<u8>\u{1b}[0m", "<script></script>");
        assert!(page.contains("<h1>a &lt; b</h1>"), "{page}");
        assert!(page.contains("Vec&lt;u8&gt;</span>"), "{page}");
        assert!(page.contains("<script></script>"));
    }
}
