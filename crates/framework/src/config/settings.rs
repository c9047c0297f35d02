//! The built-in keys with their types and defaults. Flask: `Flask.default_config`.

use std::panic::Location;

use crate::config::Config;
use crate::config::from_value::FromValue;
use crate::config::into_setting::IntoSetting;
use crate::config::key::Key;
use crate::config::secret::{SecretKey, SecretKeys};
use crate::config::source::Source;
use crate::config::time_delta::TimeDelta;
use crate::proxy_fix::ProxyFix;

/// Declares each key once: the field, its setter on [`Config`] and its row in the table of keys.
macro_rules! settings {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:expr, $name:literal;)*) => {
        /// The built-in keys as typed fields, read through [`Config`]: `config.testing`.
        ///
        /// *Flask:* `Flask.default_config`, whose defaults these are.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct Settings {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Default for Settings {
            fn default() -> Settings {
                Settings { $($field: $default,)* }
            }
        }

        pub(super) const KEYS: &[Key] = &[$(Key {
            name: $name,
            get: |settings| settings.$field.to_value(),
            set: |settings, value| {
                settings.$field = <$type>::from_value(value).ok_or(<$type>::EXPECTED)?;
                Ok(())
            },
            reset: |settings| settings.$field = $default,
        },)*];

        /// Setters of the built-in keys.
        impl Config {
            $(
                #[doc = concat!("Sets `", $name, "`; see [`Settings::", stringify!($field), "`].")]
                #[track_caller]
                pub fn $field(&mut self, value: impl IntoSetting<$type>) -> &mut Config {
                    self.settings.$field = value.into_setting();
                    self.built_in = true;
                    self.sources.insert($name.to_owned(), Source::Code(Location::caller()));
                    self
                }
            )*
        }
    };
}

settings! {
    /// `DEBUG`: debug mode, with the reasons of errors shown to the client.
    debug: bool = false, "DEBUG";
    /// `DEBUG_ERROR_PAGE`: show clients what led to an error, in debug mode; none: where `App::run` serves, unless the
    /// build is for release.
    debug_error_page: Option<bool> = None, "DEBUG_ERROR_PAGE";
    /// `TESTING`: testing mode; exceptions reach the test instead of becoming a 500.
    testing: bool = false, "TESTING";
    /// `PROPAGATE_EXCEPTIONS`: let exceptions through; none: in debug or testing mode.
    propagate_exceptions: Option<bool> = None, "PROPAGATE_EXCEPTIONS";
    /// `SECRET_KEY`: signs the session cookie and other things.
    secret_key: Option<SecretKey> = None, "SECRET_KEY";
    /// `SECRET_KEY_FALLBACKS`: former keys, newest first; still accepted, no longer used to sign.
    secret_key_fallbacks: SecretKeys = SecretKeys::default(), "SECRET_KEY_FALLBACKS";
    /// `PERMANENT_SESSION_LIFETIME`: how long a permanent session lives. Numbers are seconds.
    permanent_session_lifetime: TimeDelta = TimeDelta::from_days(31), "PERMANENT_SESSION_LIFETIME";
    /// `USE_X_SENDFILE`: let the web server in front send files.
    use_x_sendfile: bool = false, "USE_X_SENDFILE";
    /// `TRUSTED_HOSTS`: hosts that requests may name; none: all.
    trusted_hosts: Option<Vec<String>> = None, "TRUSTED_HOSTS";
    /// `SERVER_NAME`: the host (and port) the app is reached under.
    server_name: Option<String> = None, "SERVER_NAME";
    /// `APPLICATION_ROOT`: the path the app is mounted under.
    application_root: String = "/".to_owned(), "APPLICATION_ROOT";
    /// `SESSION_COOKIE_NAME`: the name of the session cookie.
    session_cookie_name: String = "session".to_owned(), "SESSION_COOKIE_NAME";
    /// `SESSION_COOKIE_DOMAIN`: the domain of the session cookie; none: the host that sets it alone.
    session_cookie_domain: Option<String> = None, "SESSION_COOKIE_DOMAIN";
    /// `SESSION_COOKIE_PATH`: the path of the session cookie; none: `APPLICATION_ROOT`.
    session_cookie_path: Option<String> = None, "SESSION_COOKIE_PATH";
    /// `SESSION_COOKIE_HTTPONLY`: hide the session cookie from scripts.
    session_cookie_httponly: bool = true, "SESSION_COOKIE_HTTPONLY";
    /// `SESSION_COOKIE_SECURE`: send the session cookie over HTTPS only.
    session_cookie_secure: bool = false, "SESSION_COOKIE_SECURE";
    /// `SESSION_COOKIE_PARTITIONED`: keep the session cookie apart for each embedding site.
    session_cookie_partitioned: bool = false, "SESSION_COOKIE_PARTITIONED";
    /// `SESSION_COOKIE_SAMESITE`: `Lax`, `Strict`, `None` or unset.
    session_cookie_samesite: Option<String> = None, "SESSION_COOKIE_SAMESITE";
    /// `SESSION_REFRESH_EACH_REQUEST`: send a permanent session's cookie with every response.
    session_refresh_each_request: bool = true, "SESSION_REFRESH_EACH_REQUEST";
    /// `MAX_CONTENT_LENGTH`: the largest request body in bytes; none: no limit.
    max_content_length: Option<u64> = None, "MAX_CONTENT_LENGTH";
    /// `MAX_FORM_MEMORY_SIZE`: the largest form field in bytes that is not a file.
    max_form_memory_size: Option<u64> = Some(500_000), "MAX_FORM_MEMORY_SIZE";
    /// `MAX_FORM_PARTS`: the most fields a multipart form may have.
    max_form_parts: Option<u64> = Some(1000), "MAX_FORM_PARTS";
    /// `SEND_FILE_MAX_AGE_DEFAULT`: how long files may be cached; none: ask each time.
    send_file_max_age_default: Option<TimeDelta> = None, "SEND_FILE_MAX_AGE_DEFAULT";
    /// `TRAP_BAD_REQUEST_ERRORS`: treat a missing form key as an unhandled error; none: in debug mode.
    trap_bad_request_errors: Option<bool> = None, "TRAP_BAD_REQUEST_ERRORS";
    /// `TRAP_HTTP_EXCEPTIONS`: treat HTTP errors as unhandled errors.
    trap_http_exceptions: bool = false, "TRAP_HTTP_EXCEPTIONS";
    /// `EXPLAIN_TEMPLATE_LOADING`: log where templates are looked for.
    explain_template_loading: bool = false, "EXPLAIN_TEMPLATE_LOADING";
    /// `PREFERRED_URL_SCHEME`: the scheme of external URLs built outside of a request.
    preferred_url_scheme: String = "http".to_owned(), "PREFERRED_URL_SCHEME";
    /// `TEMPLATES_AUTO_RELOAD`: read changed templates again; none: in debug mode.
    templates_auto_reload: Option<bool> = None, "TEMPLATES_AUTO_RELOAD";
    /// `MAX_COOKIE_SIZE`: warn of cookies larger than this many bytes; 0: never.
    max_cookie_size: u64 = 4093, "MAX_COOKIE_SIZE";
    /// `PROXY_FIX`: the proxies in front that are trusted; beyond Flask, where it is a WSGI middleware.
    proxy_fix: ProxyFix = ProxyFix::new(), "PROXY_FIX";
    /// `PROVIDE_AUTOMATIC_OPTIONS`: answer OPTIONS requests for views that do not.
    provide_automatic_options: bool = true, "PROVIDE_AUTOMATIC_OPTIONS";
}
