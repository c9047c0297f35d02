#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use carafe_sessions::{Dict, Value};

use super::*;

#[test]
fn built_in_keys_have_flasks_defaults() {
    let config = Config::new(".");
    assert_eq!(config.permanent_session_lifetime, TimeDelta::from_days(31));
    assert_eq!(config.max_form_memory_size, Some(500_000));
    assert_eq!(config.get("MAX_COOKIE_SIZE"), Some(4093.into()));
    assert_eq!(config.get("SECRET_KEY"), Some(Value::Null));
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
        .set("MAIL", Dict::from_iter([("api_token", "hunter6".into())]))
        .unwrap();
    let error = config.set("SECRET_KEY", vec!["hunter7"]).unwrap_err();
    let text = format!("{config:?} {:?} {error} {error:?} {error:#}", *config);
    assert!(!text.contains("hunter"), "{text}");
    assert!(text.contains("postgresql://me:"), "{text}");
}

#[test]
fn secrets_are_known_by_the_words_in_their_names() {
    let built_in = key::KEYS.iter().map(|key| key.name);
    assert!(
        built_in
            .filter(|key| is_secret(key))
            .eq(["SECRET_KEY", "SECRET_KEY_FALLBACKS"])
    );
    for name in [
        "DB_PASS",
        "MAIL_PASS",
        "pwd",
        "DB_PWD",
        "passphrase",
        "KEY_PASSPHRASE",
        "ENCRYPTION_KEYS",
        "KEY",
        "DSN",
        "SENTRY_DSN",
        "stripe_key",
        "KEY_2",
    ] {
        assert!(is_secret(name), "{name}");
    }
    for name in [
        "KEYBOARD",
        "BYPASS_CACHE",
        "PASSENGERS",
        "MONKEY",
        "SESSION_COOKIE_NAME",
        "",
    ] {
        assert!(!is_secret(name), "{name}");
    }
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
    let mut seconds = |value: Value| {
        config.set("PERMANENT_SESSION_LIFETIME", value)?;
        Ok::<_, ConfigError>(config.permanent_session_lifetime.as_seconds_f64())
    };
    assert_eq!(seconds(90.into()).unwrap(), 90.0);
    assert_eq!(seconds(1.5.into()).unwrap(), 1.5);
    assert_eq!(seconds(true.into()).unwrap(), 1.0);
    assert_eq!(
        seconds(Dict::from_iter([("minutes", 1.5.into())]).into()).unwrap(),
        90.0
    );
    assert_eq!(
        seconds(Dict::from_iter([("days", (-1).into())]).into()).unwrap(),
        -86400.0
    );
    assert!(seconds(Dict::from_iter([("fortnights", 1.into())]).into()).is_err());
    assert!(seconds(Value::Null).is_err());
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

#[test]
fn environment_variables_are_read_as_json_and_nested_by_underscores() {
    let mut config = Config::new(".");
    let vars = [
        ("APP_TESTING", "true"),
        ("APP_MAIL__PORT", "25"),
        ("APP_MAIL__TO", "[\"a\"]"),
        ("APP_TEXT", "a b"),
        ("OTHER_X", "1"),
    ];
    config.from_prefixed_vars("APP", vars).unwrap();
    assert!(config.testing);
    let mail = config.get("MAIL").unwrap();
    assert_eq!(mail.as_dict().unwrap().get("PORT"), Some(&25.into()));
    assert_eq!(config.get("TEXT"), Some("a b".into()));
    assert_eq!(
        config.source("TESTING"),
        Some(Source::Env("APP_TESTING".to_owned()))
    );
    assert!(!config.contains("X"));
}

#[test]
fn a_text_key_takes_a_variable_of_digits_as_text() {
    let mut config = Config::new(".");
    config
        .from_prefixed_vars("APP", [("APP_SECRET_KEY", "12345"), ("APP_DEBUG", "1")])
        .unwrap();
    assert_eq!(config.secret_key.as_ref().unwrap().as_bytes(), b"12345");
    assert!(config.debug);
}

#[test]
fn a_bad_variable_names_itself_and_leaves_the_rest_alone() {
    let mut config = Config::new(".");
    let error = config
        .from_prefixed_vars("APP", [("APP_A", "1"), ("APP_DEBUG", "yes")])
        .unwrap_err();
    assert!(
        error.to_string().contains("environment variable APP_DEBUG"),
        "{error}"
    );
    assert!(!config.contains("A"));
    let error = config
        .from_prefixed_vars("APP", [("APP_DEBUG__X", "1")])
        .unwrap_err();
    assert_eq!(error.key(), Some("DEBUG__X"));
}

#[test]
fn files_are_read_relative_to_the_root_path() {
    let folder = tempfile::tempdir().unwrap();
    let toml =
        "TESTING = true\nlower = 1\nDAY = 2026-01-02\n[PERMANENT_SESSION_LIFETIME]\nhours = 2\n";
    std::fs::write(folder.path().join("config.toml"), toml).unwrap();
    std::fs::write(
        folder.path().join("config.json"),
        r#"{"MAIL": {"port": 25}, "lower": 1}"#,
    )
    .unwrap();
    std::fs::write(folder.path().join("bad.json"), "{").unwrap();
    let mut config = Config::new(folder.path());
    config.from_toml_file("config.toml").unwrap();
    config.from_json_file("config.json").unwrap();
    assert!(config.testing && !config.contains("lower"));
    assert_eq!(config.permanent_session_lifetime.as_seconds(), 7200);
    assert_eq!(config.get("DAY"), Some("2026-01-02".into()));
    assert_eq!(
        config.source("MAIL"),
        Some(Source::File(folder.path().join("config.json")))
    );
    assert_eq!(
        config.from_json_file("bad.json").unwrap_err().kind(),
        ConfigErrorKind::Syntax
    );
    assert!(!silent(config.from_json_file("none.json")).unwrap());
    assert!(!silent(config.from_json_file("config.json/none.json")).unwrap());
    assert!(silent(config.from_json_file("bad.json")).is_err());
}

#[test]
fn a_malformed_file_names_its_line_and_shows_none_of_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let malformed = [
        "SECRET_KEY = 'hunter2'\nMAIL_PASSWORD = hunter2\n",
        "SECRET_KEY = 'hunter2'\nMAIL_PASSWORD = 'hunter2\n",
        "SECRET_KEY = 'hunter2'\nSECRET_KEY = 'hunter2'\n",
        "SECRET_KEY = 'hunter2'\nMAIL_PASSWORD = \"hunter2\\q\"\n",
        "SECRET_KEY = 'hunter2'\nSECRET_KEY.hunter = 12hunter2\n",
    ];
    let mut config = Config::new(folder.path());
    for text in malformed {
        std::fs::write(folder.path().join("config.toml"), text).unwrap();
        std::fs::write(folder.path().join("config.json"), text).unwrap();
        let own = |bytes: &[u8]| toml::from_str::<Dict>(std::str::from_utf8(bytes).unwrap());
        let errors = [
            config.from_toml_file("config.toml").unwrap_err(),
            config.from_file("config.toml", own).unwrap_err(),
            config.from_json_file("config.json").unwrap_err(),
        ];
        for error in &errors {
            let cause = std::error::Error::source(error).unwrap();
            let shown = format!("{error:?} {error:#?} {error} {error:#} {cause} {cause:?}");
            assert!(!shown.contains("hunter"), "{shown}");
        }
        let cause = std::error::Error::source(&errors[0]).unwrap().to_string();
        assert!(cause.starts_with("line 2: "), "{cause}");
    }
    std::fs::write(folder.path().join("config.json"), "\"hunter2\"").unwrap();
    let error = config.from_json_file("config.json").unwrap_err();
    let other = config
        .from_file("config.json", |bytes| serde_json::from_slice(bytes))
        .unwrap_err();
    for error in [error, other] {
        let cause = std::error::Error::source(&error).unwrap();
        let shown = format!("{error:?} {cause} {cause:?}");
        assert!(!shown.contains("hunter"), "{shown}");
    }
}

#[test]
fn an_unset_variable_that_should_name_a_file_is_an_error() {
    let mut config = Config::new(".");
    let error = config
        .from_envvar("CARAFE_TEST_NO_SUCH_VARIABLE")
        .unwrap_err();
    assert!(error.to_string().contains("CARAFE_TEST_NO_SUCH_VARIABLE"));
    assert!(!silent(Err(error)).unwrap());
}

#[test]
fn user_values_are_read_as_types_of_the_program() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    enum Mode {
        Fast,
        Level(u8),
    }
    let mut config = Config::new(".");
    config
        .from_mapping([("MODE", "Fast"), ("API_TOKEN", "hunter2")])
        .unwrap();
    config
        .set("OTHER", serde_json::json!({"Level": 3}))
        .unwrap();
    assert_eq!(config.get_as::<Mode>("MODE").unwrap(), Mode::Fast);
    assert_eq!(
        config.get_as::<Option<Mode>>("OTHER").unwrap(),
        Some(Mode::Level(3))
    );
    assert_eq!(config.get_as::<Option<Mode>>("NONE").unwrap(), None);
    assert_eq!(
        config.get_as::<Mode>("NONE").unwrap_err().kind(),
        ConfigErrorKind::MissingKey
    );
    assert!(!config.get_as::<bool>("DEBUG").unwrap());
    let error = config.get_as::<u8>("API_TOKEN").unwrap_err();
    assert!(
        !format!("{error:#} {error:?}").contains("hunter"),
        "{error}"
    );
}
