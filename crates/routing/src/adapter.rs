//! The adapter: a map bound to a server name and a request, ready to match and
//! build.

use std::borrow::Cow;

use crate::{BindError, BindErrorKind, Map, Match, MatchError, Values, host, quote};

/// Says what a map is bound to.
///
/// ```
/// use carafe_routing::{Bind, Map};
///
/// let map = Map::default();
/// let urls = map.bind(Bind { script_name: Some("/app"), ..Bind::new("example.com") })?;
/// # Ok::<(), carafe_routing::BindError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Bind<'a> {
    /// The host, with its port unless that is the standard one.
    pub server_name: &'a str,
    /// The path under which the program is served; `/` when none.
    pub script_name: Option<&'a str>,
    /// The subdomain in front of the server name; that of the map when none.
    pub subdomain: Option<&'a str>,
    /// The scheme; under `ws` and `wss` WebSocket rules match.
    pub url_scheme: &'a str,
    /// The path to match when a call names none; `/` when none.
    pub path_info: Option<&'a str>,
    /// The method of the request.
    pub default_method: &'a str,
    /// The query that redirects keep.
    pub query_args: QueryArgs<'a>,
}

impl<'a> Bind<'a> {
    /// Names the server, with `http`, `GET` and nothing else set.
    #[must_use]
    pub const fn new(server_name: &'a str) -> Self {
        Self {
            server_name,
            script_name: None,
            subdomain: None,
            url_scheme: "http",
            path_info: None,
            default_method: "GET",
            query_args: QueryArgs::None,
        }
    }
}

/// Says what a map is bound to in terms of a request as it came in.
#[derive(Debug, Clone, Copy)]
pub struct BindRequest<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    /// The validated `Host` header, without a standard port; may be empty.
    pub host: &'a str,
    /// The server name that the program is configured with.
    pub server_name: Option<&'a str>,
    /// The subdomain to use, instead of finding it out by the server name.
    pub subdomain: Option<&'a str>,
    /// The path under which the program is served.
    pub script_name: &'a str,
    /// The path below the script name, percent-decoded.
    pub path_info: &'a str,
    /// The method.
    pub method: &'a str,
    /// The query as it came in.
    pub query_string: &'a str,
    /// Whether the request asks for an upgrade to WebSocket.
    pub websocket: bool,
}

impl<'a> BindRequest<'a> {
    /// Describes a plain `GET` of a path under a host.
    #[must_use]
    pub const fn new(host: &'a str, path_info: &'a str) -> Self {
        Self {
            scheme: "http",
            host,
            server_name: None,
            subdomain: None,
            script_name: "",
            path_info,
            method: "GET",
            query_string: "",
            websocket: false,
        }
    }
}

/// Holds the query that redirects keep.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub enum QueryArgs<'a> {
    /// No query.
    #[default]
    None,
    /// Text that is used as it is.
    Text(&'a str),
    /// Names and values that are encoded.
    Values(&'a Values<'a>),
}

impl QueryArgs<'_> {
    /// The encoded query; empty when there is none.
    pub(crate) fn encoded(&self) -> Cow<'_, str> {
        match self {
            QueryArgs::None => Cow::Borrowed(""),
            QueryArgs::Text(text) => Cow::Borrowed(text),
            // A value without a text form has no place in a query.
            QueryArgs::Values(values) => {
                Cow::Owned(quote::query(values.iter()).unwrap_or_default())
            }
        }
    }

    /// Whether Python would take it for true: what counts is whether there are
    /// names, not whether they come to any text.
    pub(crate) fn is_given(&self) -> bool {
        match self {
            QueryArgs::None => false,
            QueryArgs::Text(text) => !text.is_empty(),
            QueryArgs::Values(values) => !values.is_empty(),
        }
    }
}

/// Says how one match differs from the binding.
#[derive(Debug, Clone, Copy, Default)]
pub struct MatchOptions<'a> {
    /// The percent-decoded path; that of the binding when none.
    pub path_info: Option<&'a str>,
    /// The method; that of the binding when none.
    pub method: Option<&'a str>,
    /// Whether it is a WebSocket request; by the binding's scheme when none.
    pub websocket: Option<bool>,
    /// The query that redirects keep; that of the binding when none.
    pub query_args: Option<QueryArgs<'a>>,
}

/// Matches and builds URLs by a map, for one server name and request.
///
/// Made by [`Map::bind`] and [`Map::bind_to_request`]; it borrows what it was
/// made of and makes no heap allocation for an ordinary host name.
///
/// *Werkzeug:* `MapAdapter`.
#[derive(Debug, Clone)]
pub struct UrlAdapter<'m> {
    pub(crate) map: &'m Map,
    /// Lower case, encoded by IDNA, with the port.
    pub(crate) server_name: Cow<'m, str>,
    /// Ends with a slash.
    pub(crate) script_name: Cow<'m, str>,
    pub(crate) subdomain: Cow<'m, str>,
    pub(crate) url_scheme: &'m str,
    pub(crate) path_info: &'m str,
    pub(crate) default_method: &'m str,
    pub(crate) query_args: QueryArgs<'m>,
}

impl Map {
    /// Binds the map to a server name.
    ///
    /// *Werkzeug:* `Map.bind`.
    ///
    /// # Errors
    /// A server name that IDNA cannot encode, or a subdomain although the map
    /// matches whole hosts.
    pub fn bind<'m>(&'m self, bind: Bind<'m>) -> Result<UrlAdapter<'m>, BindError> {
        let server_name =
            host::encode(bind.server_name).ok_or(BindError::new(BindErrorKind::BadHost))?;
        self.adapter(bind, server_name, bind.subdomain.map(Cow::Borrowed))
    }

    /// Binds the map to a request; finds the subdomain out by removing the
    /// configured server name from the end of the host.
    ///
    /// A host that does not end with the server name has the map's default
    /// subdomain.
    ///
    /// *Werkzeug:* `Map.bind_to_environ`.
    ///
    /// # Errors
    /// As [`Map::bind`].
    pub fn bind_to_request<'m>(
        &'m self,
        request: BindRequest<'m>,
    ) -> Result<UrlAdapter<'m>, BindError> {
        let url_scheme = match (request.websocket, request.scheme) {
            (true, "https") => "wss",
            (true, _) => "ws",
            (false, scheme) => scheme,
        };
        let current = host::lower(request.host);
        let server_name = match request.server_name {
            Some(name) if !self.options.host_matching => {
                host::without_standard_port(host::lower(name), url_scheme)
            }
            _ => current.clone(),
        };
        let subdomain = match request.subdomain {
            Some(subdomain) => Some(Cow::Borrowed(subdomain)),
            None if self.options.matches_subdomains() => host::subdomain(current, &server_name),
            None => None,
        };
        let encoded = match server_name {
            Cow::Borrowed(name) => host::encode(name),
            Cow::Owned(name) => host::encode(&name).map(|name| Cow::Owned(name.into_owned())),
        };
        let bind = Bind {
            server_name: request.host,
            script_name: Some(request.script_name),
            subdomain: None,
            url_scheme,
            path_info: Some(request.path_info),
            default_method: request.method,
            query_args: QueryArgs::Text(request.query_string),
        };
        let encoded = encoded.ok_or(BindError::new(BindErrorKind::BadHost))?;
        self.adapter(bind, encoded, subdomain)
    }

    fn adapter<'m>(
        &'m self,
        bind: Bind<'m>,
        server_name: Cow<'m, str>,
        subdomain: Option<Cow<'m, str>>,
    ) -> Result<UrlAdapter<'m>, BindError> {
        if self.options.host_matching && subdomain.is_some() {
            return Err(BindError::new(BindErrorKind::SubdomainWithHostMatching));
        }
        let default_subdomain = match self.options.host_matching {
            true => "",
            false => &self.options.default_subdomain,
        };
        let script_name = bind.script_name.unwrap_or("/");
        Ok(UrlAdapter {
            map: self,
            server_name,
            script_name: match script_name {
                "" => Cow::Borrowed("/"),
                name if name.ends_with('/') => Cow::Borrowed(name),
                name => Cow::Owned(format!("{name}/")),
            },
            subdomain: subdomain.unwrap_or(Cow::Borrowed(default_subdomain)),
            url_scheme: bind.url_scheme,
            path_info: bind.path_info.unwrap_or("/"),
            default_method: bind.default_method,
            query_args: bind.query_args,
        })
    }
}

impl<'m> UrlAdapter<'m> {
    /// Returns the map.
    #[must_use]
    pub fn map(&self) -> &'m Map {
        self.map
    }

    /// Returns the server name, in lower case and encoded by IDNA.
    #[must_use]
    pub fn server_name(&self) -> &str {
        &self.server_name
    }

    /// Returns the script name, with a slash at its end.
    #[must_use]
    pub fn script_name(&self) -> &str {
        &self.script_name
    }

    /// Returns the subdomain.
    #[must_use]
    pub fn subdomain(&self) -> &str {
        &self.subdomain
    }

    /// Returns the scheme.
    #[must_use]
    pub fn url_scheme(&self) -> &str {
        self.url_scheme
    }

    /// Returns the path that is matched when a call names none.
    #[must_use]
    pub fn path_info(&self) -> &str {
        self.path_info
    }

    /// Returns the method that is used when a call names none.
    #[must_use]
    pub fn default_method(&self) -> &str {
        self.default_method
    }

    /// Returns whether the scheme is one of WebSocket's.
    #[must_use]
    pub fn is_websocket(&self) -> bool {
        matches!(self.url_scheme, "ws" | "wss")
    }

    /// Matches the request that the adapter is bound to.
    ///
    /// # Errors
    /// See [`MatchError`].
    pub fn match_request(&self) -> Result<Match, MatchError> {
        self.match_with(MatchOptions::default())
    }

    /// Matches a percent-decoded path.
    ///
    /// # Errors
    /// See [`MatchError`].
    pub fn match_path(
        &self,
        path: &str,
        method: &str,
        websocket: bool,
    ) -> Result<Match, MatchError> {
        self.find(path, method, websocket, self.query_args)
    }

    /// Returns whether a path matches or redirects.
    ///
    /// *Werkzeug:* `MapAdapter.test`.
    #[must_use]
    pub fn test(&self, path: &str, method: Option<&str>) -> bool {
        let result = self.match_with(MatchOptions {
            path_info: Some(path),
            method,
            ..MatchOptions::default()
        });
        matches!(result, Ok(_) | Err(MatchError::RequestRedirect { .. }))
    }

    /// Returns the methods that match a path, sorted; empty too when the path
    /// matches for all methods.
    ///
    /// *Werkzeug:* `MapAdapter.allowed_methods`.
    #[must_use]
    pub fn allowed_methods(&self, path: &str) -> Vec<String> {
        match self.match_path(path, "--", self.is_websocket()) {
            Err(MatchError::MethodNotAllowed { allowed }) => allowed,
            _ => Vec::new(),
        }
    }
}
