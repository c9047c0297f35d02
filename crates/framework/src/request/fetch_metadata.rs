//! Why a browser asks. Werkzeug: `Request.sec_fetch_site` and its like.

use crate::request::Request;

/// Defines the values of a header that is one word, and access to them.
macro_rules! words {
    ($($(#[$doc:meta])* $type:ident $name:ident $header:literal $what:literal {
        $($variant:ident $word:literal)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $type {
            $(
                #[doc = concat!("`", $word, "`.")]
                $variant,
            )*
        }

        impl Request {
            #[doc = concat!($what, "; none for a word that is unknown.\n\n*Flask:* `request.", stringify!($name), "`.")]
            pub fn $name(&self) -> Option<$type> {
                match self.headers().get($header)?.as_bytes() {
                    $(word if word == $word.as_bytes() => Some($type::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

words! {
    /// How the page that asks is related to the server. *Werkzeug:* `SecFetchSite`.
    FetchSite sec_fetch_site "sec-fetch-site" "How the page that asks is related to the server" {
        CrossSite "cross-site"
        SameOrigin "same-origin"
        SameSite "same-site"
        None "none"
    }

    /// In which way a browser asks. *Werkzeug:* `SecFetchMode`.
    FetchMode sec_fetch_mode "sec-fetch-mode" "In which way the browser asks" {
        Cors "cors"
        Navigate "navigate"
        NoCors "no-cors"
        SameOrigin "same-origin"
        WebSocket "websocket"
    }

    /// What a browser wants the answer for. *Werkzeug:* `SecFetchDest`.
    FetchDest sec_fetch_dest "sec-fetch-dest" "What the browser wants the answer for" {
        Audio "audio"
        AudioWorklet "audioworklet"
        Document "document"
        Embed "embed"
        Empty "empty"
        FencedFrame "fencedframe"
        Font "font"
        Frame "frame"
        Iframe "iframe"
        Image "image"
        Json "json"
        Manifest "manifest"
        Object "object"
        PaintWorklet "paintworklet"
        Report "report"
        Script "script"
        ServiceWorker "serviceworker"
        SharedWorker "sharedworker"
        Style "style"
        Track "track"
        Video "video"
        WebIdentity "webidentity"
        Worker "worker"
        Xslt "xslt"
    }
}

impl Request {
    /// Whether a person's click or the like made the browser ask.
    ///
    /// *Flask:* `request.sec_fetch_user`.
    pub fn sec_fetch_user(&self) -> Option<bool> {
        Some(self.headers().get("sec-fetch-user")?.as_bytes() == b"?1")
    }
}
