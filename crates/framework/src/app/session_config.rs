//! The app's configuration as session interfaces see it.

use std::time::Duration;

use carafe_sessions::{SameSite, SessionConfig};

use crate::app::ReadyApp;

impl SessionConfig for ReadyApp {
    fn secret_key(&self) -> Option<&[u8]> {
        self.config().secret_key.as_ref().map(|key| key.as_bytes())
    }

    fn secret_key_fallbacks(&self) -> &[Vec<u8>] {
        self.config().secret_key_fallbacks.as_slice()
    }

    fn session_cookie_name(&self) -> &str {
        &self.config().session_cookie_name
    }

    fn session_cookie_domain(&self) -> Option<&str> {
        self.config().session_cookie_domain.as_deref()
    }

    fn session_cookie_path(&self) -> Option<&str> {
        self.config().session_cookie_path.as_deref()
    }

    fn application_root(&self) -> &str {
        &self.config().application_root
    }

    fn session_cookie_httponly(&self) -> bool {
        self.config().session_cookie_httponly
    }

    fn session_cookie_secure(&self) -> bool {
        self.config().session_cookie_secure
    }

    fn session_cookie_samesite(&self) -> Option<SameSite> {
        self.config()
            .session_cookie_samesite
            .as_deref()
            .map(|text| SameSite::parse(text).unwrap_or(SameSite::Unknown))
    }

    fn session_cookie_partitioned(&self) -> bool {
        self.config().session_cookie_partitioned
    }

    fn permanent_session_lifetime(&self) -> Duration {
        self.config().permanent_session_lifetime.to_duration()
    }

    fn session_refresh_each_request(&self) -> bool {
        self.config().session_refresh_each_request
    }

    fn max_cookie_size(&self) -> usize {
        usize::try_from(self.config().max_cookie_size).unwrap_or(usize::MAX)
    }

    fn json_sort_keys(&self) -> bool {
        self.json().as_default().is_none_or(|json| json.sort_keys)
    }

    fn json_ensure_ascii(&self) -> bool {
        self.json()
            .as_default()
            .is_none_or(|json| json.ensure_ascii)
    }
}
