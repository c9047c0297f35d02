//! What other origins may do with an answer, and it with them. Werkzeug:
//! `Response.content_security_policy`, `Response.access_control_allow_origin`, ….

use std::borrow::Cow;
use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY,
};
use http::{HeaderName, HeaderValue};

use crate::error::Result;
use crate::headers::content_security_policy::ContentSecurityPolicy;
use crate::headers::date::{dump_age, parse_age};
use crate::headers::edited::{self, Edited};
use crate::headers::header_set::HeaderSet;
use crate::response::Response;

/// Defines access to headers that are sets of names.
macro_rules! sets {
    ($($name:ident $name_mut:ident $header:ident $what:literal)*) => {
        impl Response {
            $(
                #[doc = concat!($what, ".\n\n*Werkzeug:* `Response.", stringify!($name), "`.")]
                pub fn $name(&self) -> HeaderSet {
                    edited::read(self.headers(), &$header)
                }

                #[doc = concat!($what, ", to change.\n\n*Werkzeug:* `Response.", stringify!($name), "`.")]
                pub fn $name_mut(&mut self) -> Edited<'_, HeaderSet> {
                    Edited::new(self.headers_mut(), $header)
                }
            )*
        }
    };
}

sets! {
    access_control_allow_methods access_control_allow_methods_mut ACCESS_CONTROL_ALLOW_METHODS
        "The methods that other origins may use"
    access_control_allow_headers access_control_allow_headers_mut ACCESS_CONTROL_ALLOW_HEADERS
        "The headers that other origins may send"
    access_control_expose_headers access_control_expose_headers_mut ACCESS_CONTROL_EXPOSE_HEADERS
        "The headers that scripts of other origins may read"
}

/// Defines the values of a policy that is one word.
macro_rules! policies {
    ($($(#[$doc:meta])* $type:ident $name:ident $set:ident $header:literal $what:literal {
        $($(#[$variant_doc:meta])* $variant:ident $word:literal)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$variant_doc])* $variant,)*
        }

        impl Response {
            #[doc = concat!($what, ".\n\n*Werkzeug:* `Response.", stringify!($name), "`.")]
            pub fn $name(&self) -> Option<$type> {
                match self.headers().get($header)?.as_bytes() {
                    $(word if word == $word.as_bytes() => Some($type::$variant),)*
                    _ => None,
                }
            }

            #[doc = concat!($what, "; `None` removes the header.\n\n*Werkzeug:* `Response.", stringify!($name), "`.")]
            pub fn $set(&mut self, policy: impl Into<Option<$type>>) {
                let word = policy.into().map(|policy| match policy {
                    $($type::$variant => $word.to_owned(),)*
                });
                self.set_plain(HeaderName::from_static($header), word);
            }
        }
    )*};
}

policies! {
    /// Whether a page may embed what did not ask for it. *Werkzeug:* `COEP`.
    EmbedderPolicy cross_origin_embedder_policy set_cross_origin_embedder_policy
    "cross-origin-embedder-policy" "What the page may embed from other origins" {
        /// Anything; what there is without the header.
        UnsafeNone "unsafe-none"
        /// Only what allows it by a header of its own.
        RequireCorp "require-corp"
        /// Anything, but asked for without credentials.
        Credentialless "credentialless"
    }

    /// Which pages share a group of windows with a page. *Werkzeug:* `COOP`.
    OpenerPolicy cross_origin_opener_policy set_cross_origin_opener_policy
    "cross-origin-opener-policy" "Which windows can reach the page's" {
        /// Any; what there is without the header.
        UnsafeNone "unsafe-none"
        /// Those of its own origin, and those it opens that do not mind.
        SameOriginAllowPopups "same-origin-allow-popups"
        /// Those of its own origin.
        SameOrigin "same-origin"
        /// None of those that opened it, whatever their origin.
        NoopenerAllowPopups "noopener-allow-popups"
    }

    /// Which origins may load a resource. *Werkzeug:* `CORP`.
    ResourcePolicy cross_origin_resource_policy set_cross_origin_resource_policy
    "cross-origin-resource-policy" "Which origins may load the resource" {
        /// Those of the same site.
        SameSite "same-site"
        /// Its own.
        SameOrigin "same-origin"
        /// Any.
        CrossOrigin "cross-origin"
    }
}

impl Response {
    /// The origin that may read the answer, or `*` for any.
    ///
    /// *Werkzeug:* `Response.access_control_allow_origin`.
    pub fn access_control_allow_origin(&self) -> Option<Cow<'_, str>> {
        self.text(&ACCESS_CONTROL_ALLOW_ORIGIN)
    }

    /// Sets the origin that may read the answer, or `*` for any.
    ///
    /// *Werkzeug:* `Response.access_control_allow_origin`.
    ///
    /// # Errors
    /// When the text cannot be a header's value.
    pub fn set_access_control_allow_origin(&mut self, origin: &str) -> Result<()> {
        self.set_text(ACCESS_CONTROL_ALLOW_ORIGIN, origin)
    }

    /// Whether other origins may send credentials.
    ///
    /// *Werkzeug:* `Response.access_control_allow_credentials`.
    pub fn access_control_allow_credentials(&self) -> bool {
        self.headers()
            .contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS)
    }

    /// Says whether other origins may send credentials.
    ///
    /// *Werkzeug:* `Response.access_control_allow_credentials`.
    pub fn set_access_control_allow_credentials(&mut self, allowed: bool) {
        if allowed {
            let value = HeaderValue::from_static("true");
            self.headers_mut()
                .insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, value);
        } else {
            self.headers_mut().remove(ACCESS_CONTROL_ALLOW_CREDENTIALS);
        }
    }

    /// How long other origins may remember what they may do.
    ///
    /// *Werkzeug:* `Response.access_control_max_age`.
    pub fn access_control_max_age(&self) -> Option<Duration> {
        parse_age(&self.text(&ACCESS_CONTROL_MAX_AGE)?)
    }

    /// Says how long other origins may remember what they may do.
    ///
    /// `None` removes the header.
    ///
    /// *Werkzeug:* `Response.access_control_max_age`.
    pub fn set_access_control_max_age(&mut self, age: impl Into<Option<Duration>>) {
        self.set_plain(ACCESS_CONTROL_MAX_AGE, age.into().map(dump_age));
    }

    /// What the page may load and do.
    ///
    /// *Werkzeug:* `Response.content_security_policy`.
    pub fn content_security_policy(&self) -> ContentSecurityPolicy {
        edited::read(self.headers(), &CONTENT_SECURITY_POLICY)
    }

    /// What the page may load and do, to change.
    ///
    /// *Werkzeug:* `Response.content_security_policy`.
    ///
    /// ```
    /// let mut response = carafe::Response::new("");
    /// response.content_security_policy_mut().set("default-src", "'self'");
    /// assert_eq!(response.headers()["content-security-policy"], "default-src 'self'");
    /// ```
    pub fn content_security_policy_mut(&mut self) -> Edited<'_, ContentSecurityPolicy> {
        Edited::new(self.headers_mut(), CONTENT_SECURITY_POLICY)
    }

    /// What the page is only to report.
    ///
    /// *Werkzeug:* `Response.content_security_policy_report_only`.
    pub fn content_security_policy_report_only(&self) -> ContentSecurityPolicy {
        edited::read(self.headers(), &CONTENT_SECURITY_POLICY_REPORT_ONLY)
    }

    /// What the page is only to report, to change.
    ///
    /// *Werkzeug:* `Response.content_security_policy_report_only`.
    pub fn content_security_policy_report_only_mut(&mut self) -> Edited<'_, ContentSecurityPolicy> {
        Edited::new(self.headers_mut(), CONTENT_SECURITY_POLICY_REPORT_ONLY)
    }
}
