//! The `Cache-Control` header, of requests and of responses. Werkzeug: `RequestCacheControl`,
//! `ResponseCacheControl`.

use std::fmt;

use http::HeaderMap;
use http::header::CACHE_CONTROL;

use crate::headers::authorization::dump_params;
use crate::headers::edited::{Edited, editable};
use crate::headers::lists::parse_dict_header;
use crate::headers::params::Params;
use crate::headers::python_text::parse_int;

/// A directive that may come with a value or without one.
///
/// *Werkzeug:* a property that is `True` for a directive without a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directive<T> {
    /// The directive alone.
    Bare,
    /// The directive with a value.
    Value(T),
}

/// A response's `Cache-Control` header, to be read and changed.
///
/// *Werkzeug:* `ResponseCacheControl`.
///
/// ```
/// use carafe::headers::cache_control::ResponseCacheControl;
///
/// let mut cache_control = ResponseCacheControl::from_header("no-cache");
/// cache_control.set_no_cache(None);
/// cache_control.set_public(true);
/// cache_control.set_max_age(Some(60));
/// assert_eq!(cache_control.to_string(), "public, max-age=60");
/// ```
#[derive(Debug, Clone, Default)]
pub struct ResponseCacheControl {
    directives: Params<Option<String>>,
    changed: bool,
}

/// A request's `Cache-Control` header.
///
/// *Werkzeug:* `RequestCacheControl`.
#[derive(Debug, Clone, Default)]
pub struct RequestCacheControl {
    directives: Params<Option<String>>,
}

/// Defines what both headers have: reading and writing, and the raw directives.
macro_rules! directives {
    ($type:ident $(, $field:ident: $value:expr)?) => {
        impl $type {
            /// Reads a header; quotes that do not end make it worthless.
            pub fn from_header(header: &str) -> Self {
                Self {
                    directives: parse_dict_header(header),
                    $($field: $value)?
                }
            }

            /// Returns the value of any directive: `Some(None)` for one without a value.
            pub fn get(&self, directive: &str) -> Option<Option<&str>> {
                self.directives.get(directive).map(Option::as_deref)
            }

            /// Iterates over the directives with their values.
            pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
                self.directives
                    .iter()
                    .map(|(name, value)| (name, value.as_deref()))
            }

            /// Tells whether there are no directives.
            pub fn is_empty(&self) -> bool {
                self.directives.is_empty()
            }

            fn is_set(&self, directive: &str) -> bool {
                self.directives.contains(directive)
            }

            fn seconds(&self, directive: &str) -> Option<i64> {
                parse_int(self.get(directive)??)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&dump_params(&self.directives))
            }
        }
    };
}

directives!(RequestCacheControl);
directives!(ResponseCacheControl, changed: false);

/// Defines getters of directives that are there or not.
macro_rules! flags {
    ($type:ident: $($name:ident $directive:literal)*) => {
        impl $type {
            $(
                #[doc = concat!("Tells whether there is `", $directive, "`.")]
                pub fn $name(&self) -> bool {
                    self.is_set($directive)
                }
            )*
        }
    };
}

/// Defines getters of directives that are a number of seconds.
macro_rules! seconds {
    ($type:ident: $($name:ident $directive:literal)*) => {
        impl $type {
            $(
                #[doc = concat!("Returns the seconds of `", $directive, "`, if they are a number.")]
                pub fn $name(&self) -> Option<i64> {
                    self.seconds($directive)
                }
            )*
        }
    };
}

flags! { RequestCacheControl:
    no_store "no-store"
    no_transform "no-transform"
    no_cache "no-cache"
    only_if_cached "only-if-cached"
}

seconds! { RequestCacheControl:
    max_age "max-age"
    stale_if_error "stale-if-error"
    min_fresh "min-fresh"
}

impl RequestCacheControl {
    /// Returns how many seconds too old an answer may be, or that any age will do.
    pub fn max_stale(&self) -> Option<Directive<i64>> {
        match self.get("max-stale")? {
            None => Some(Directive::Bare),
            Some(seconds) => parse_int(seconds).map(Directive::Value),
        }
    }
}

flags! { ResponseCacheControl:
    no_store "no-store"
    no_transform "no-transform"
    public "public"
    must_revalidate "must-revalidate"
    proxy_revalidate "proxy-revalidate"
    immutable "immutable"
    must_understand "must-understand"
}

seconds! { ResponseCacheControl:
    max_age "max-age"
    stale_if_error "stale-if-error"
    s_maxage "s-maxage"
    stale_while_revalidate "stale-while-revalidate"
}

/// Defines setters of directives that are there or not.
macro_rules! set_flags {
    ($($name:ident $directive:literal)*) => {
        impl ResponseCacheControl {
            $(
                #[doc = concat!("Sets or removes `", $directive, "`.")]
                pub fn $name(&mut self, on: bool) {
                    self.put($directive, on.then_some(Directive::Bare));
                }
            )*
        }
    };
}

/// Defines setters of directives that are a number of seconds.
macro_rules! set_seconds {
    ($($name:ident $directive:literal)*) => {
        impl ResponseCacheControl {
            $(
                #[doc = concat!("Sets the seconds of `", $directive, "`; `None` removes it.")]
                pub fn $name(&mut self, seconds: Option<i64>) {
                    let seconds = seconds.map(|seconds| Directive::Value(seconds.to_string()));
                    self.put($directive, seconds);
                }
            )*
        }
    };
}

set_flags! {
    set_no_store "no-store"
    set_no_transform "no-transform"
    set_public "public"
    set_must_revalidate "must-revalidate"
    set_proxy_revalidate "proxy-revalidate"
    set_immutable "immutable"
    set_must_understand "must-understand"
}

set_seconds! {
    set_max_age "max-age"
    set_stale_if_error "stale-if-error"
    set_s_maxage "s-maxage"
    set_stale_while_revalidate "stale-while-revalidate"
}

impl ResponseCacheControl {
    /// Returns the header names that `no-cache` is limited to, or that it is for the whole response.
    pub fn no_cache(&self) -> Option<Directive<&str>> {
        self.text("no-cache")
    }

    /// Sets `no-cache`; `None` removes it.
    pub fn set_no_cache(&mut self, value: Option<Directive<&str>>) {
        self.put_text("no-cache", value);
    }

    /// Returns the header names that `private` is limited to, or that it is for the whole response.
    pub fn private(&self) -> Option<Directive<&str>> {
        self.text("private")
    }

    /// Sets `private`; `None` removes it.
    pub fn set_private(&mut self, value: Option<Directive<&str>>) {
        self.put_text("private", value);
    }

    /// Sets any directive, with a value or without one.
    pub fn set(&mut self, directive: &str, value: Option<&str>) {
        self.changed = true;
        self.directives.insert(directive, value.map(str::to_owned));
    }

    /// Removes any directive.
    pub fn remove(&mut self, directive: &str) {
        self.changed |= self.directives.remove(directive).is_some();
    }

    fn text(&self, directive: &str) -> Option<Directive<&str>> {
        Some(
            self.get(directive)?
                .map_or(Directive::Bare, Directive::Value),
        )
    }

    fn put_text(&mut self, directive: &str, value: Option<Directive<&str>>) {
        self.put(
            directive,
            value.map(|value| match value {
                Directive::Bare => Directive::Bare,
                Directive::Value(text) => Directive::Value(text.to_owned()),
            }),
        );
    }

    fn put(&mut self, directive: &str, value: Option<Directive<String>>) {
        match value {
            None => self.remove(directive),
            Some(Directive::Bare) => self.set(directive, None),
            Some(Directive::Value(text)) => self.set(directive, Some(&text)),
        }
    }
}

/// Changes the header: it is written back when a change was made, and removed when nothing is left.
///
/// *Werkzeug:* `Response.cache_control`.
///
/// ```
/// use carafe::headers::cache_control;
/// use http::{HeaderMap, header::CACHE_CONTROL};
///
/// let mut headers = HeaderMap::new();
/// cache_control::change(&mut headers, |control| control.set_max_age(Some(60)));
/// assert_eq!(headers[CACHE_CONTROL], "max-age=60");
/// ```
pub fn change<R>(headers: &mut HeaderMap, edit: impl FnOnce(&mut ResponseCacheControl) -> R) -> R {
    edit(&mut Edited::new(headers, CACHE_CONTROL))
}

editable!(ResponseCacheControl);
