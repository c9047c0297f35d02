#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

#[test]
fn built_in_keys_have_flasks_defaults() {
    let config = Config::new(".");
    assert_eq!(config.permanent_session_lifetime, TimeDelta::from_days(31));
    assert_eq!(config.max_form_memory_size, Some(500_000));
    assert_eq!(config.get("MAX_COOKIE_SIZE"), Some(4093.into()));
    assert_eq!(config.get("SECRET_KEY"), Some(ConfigValue::Null));
    assert_eq!(config.source("SECRET_KEY"), Some(Source::Default));
    assert_eq!(config.get("NO_SUCH"), None);
}

#[test]
fn typed_setters_take_what_a_user_writes() {
    let mut config = Config::new(".");
    config
        .secret_key("dev")
        .testing(true)
        .max_content_length(1024)
        .propagate_exceptions(false);
    config
        .secret_key_fallbacks(["old", "older"])
        .server_name("example.com")
        .trusted_hosts(["a", ".b"]);
    config
        .permanent_session_lifetime(3600)
        .session_cookie_domain(None)
        .secret_key(b"\xff\x00");
    assert!(config.testing);
    assert_eq!(config.max_content_length, Some(1024));
    assert_eq!(config.secret_key.as_ref().unwrap().as_bytes(), b"\xff\x00");
    assert_eq!(
        config.permanent_session_lifetime.to_duration().as_secs(),
        3600
    );
    assert!(
        matches!(config.source("TESTING"), Some(Source::Code(place)) if place.file().ends_with("tests.rs"))
    );
}

#[test]
fn a_wrong_type_names_key_value_and_source() {
    let mut config = Config::new(".");
    let error = config.set("MAX_CONTENT_LENGTH", "1 MB").unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::WrongType);
    let text = error.to_string();
    for part in ["MAX_CONTENT_LENGTH", "\"1 MB\"", "tests.rs:"] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(config.max_content_length, None);
}

#[test]
fn secrets_are_shown_nowhere() {
    let mut config = Config::new(".");
    config
        .secret_key("hunter2")
        .secret_key_fallbacks(["hunter3"]);
    config.set("MAIL_PASSWORD", "hunter4").unwrap();
    config
        .set("DATABASE_URL", "postgresql://me:hunter5@db/app")
        .unwrap();
    config
        .set("MAIL", ConfigMap::from_iter([("api_token", "hunter6")]))
        .unwrap();
    let error = config.set("SECRET_KEY", vec!["hunter7"]).unwrap_err();
    let text = format!("{config:?} {:?} {error} {error:?} {error:#}", *config);
    assert!(!text.contains("hunter"), "{text}");
    assert!(text.contains("postgresql://me:"), "{text}");
}

#[test]
fn a_secured_session_cookie_has_every_safeguard() {
    let mut config = Config::new(".");
    config
        .session_cookie_domain("example.com")
        .secure_session_cookie()
        .secure_session_cookie();
    assert_eq!(config.session_cookie_name, "__Host-session");
    assert_eq!(config.session_cookie_path.as_deref(), Some("/"));
    assert_eq!(config.session_cookie_domain, None);
    assert_eq!(config.session_cookie_samesite.as_deref(), Some("Lax"));
    assert!(config.session_cookie_secure);
}

#[test]
fn a_lifetime_is_given_as_seconds_or_units() {
    let mut config = Config::new(".");
    let mut seconds = |value: ConfigValue| {
        config.set("PERMANENT_SESSION_LIFETIME", value)?;
        Ok::<_, ConfigError>(config.permanent_session_lifetime.as_seconds_f64())
    };
    assert_eq!(seconds(90.into()).unwrap(), 90.0);
    assert_eq!(seconds(1.5.into()).unwrap(), 1.5);
    assert_eq!(seconds(true.into()).unwrap(), 1.0);
    assert_eq!(
        seconds(ConfigMap::from_iter([("minutes", 1.5)]).into()).unwrap(),
        90.0
    );
    assert_eq!(
        seconds(ConfigMap::from_iter([("days", -1)]).into()).unwrap(),
        -86400.0
    );
    assert!(seconds(ConfigMap::from_iter([("fortnights", 1)]).into()).is_err());
    assert!(seconds(ConfigValue::Null).is_err());
    assert!(seconds(f64::NAN.into()).is_err());
}

#[test]
fn a_removed_built_in_key_has_its_default_again() {
    let mut config = Config::new(".");
    config.session_cookie_name("sid").set("MINE", 1).unwrap();
    assert_eq!(config.remove("SESSION_COOKIE_NAME"), Some("sid".into()));
    assert_eq!(config.session_cookie_name, "session");
    assert_eq!(config.remove("MINE"), Some(1.into()));
    assert!(!config.contains("MINE"));
}
