//! The behavior that Flask's `test_config` and `test_instance_config` hold, where no unit test does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::{Path, PathBuf};
use std::process::Command;

use carafe::config::{Config, silent};
use carafe::prelude::*;
use carafe::sessions::Value;
use serde_json::json;

const JSON: &str = r#"{"SECRET_KEY": "config", "TEST_KEY": "foo", "TestConfig": 1}"#;
const TOML: &str = "SECRET_KEY = \"config\"\nTEST_KEY = \"foo\"\nTestConfig = 1\n";

fn assert_filled(config: &Config) {
    assert_eq!(config.secret_key.as_ref().unwrap().as_bytes(), b"config");
    assert_eq!(config.get("TEST_KEY"), Some("foo".into()));
    assert!(!config.contains("TestConfig"));
}

fn as_json(config: &Config, key: &str) -> serde_json::Value {
    config.get_as(key).unwrap()
}

mod files {
    use super::*;

    #[test]
    fn json_and_toml_files_fill_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), JSON).unwrap();
        std::fs::write(folder.path().join("config.toml"), TOML).unwrap();
        let mut config = Config::new(folder.path());
        config.from_json_file("config.json").unwrap();
        assert_filled(&config);
        let mut config = Config::new("/");
        config
            .from_toml_file(folder.path().join("config.toml"))
            .unwrap();
        assert_filled(&config);
    }

    fn assert_missing(error: &carafe::config::ConfigError) {
        let message = format!("{error:#}");
        assert!(message.contains("missing."), "{message}");
    }

    #[test]
    fn a_missing_file_is_an_error_that_can_be_silenced() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path());
        assert_missing(&config.from_json_file("missing.json").unwrap_err());
        assert_missing(&config.from_toml_file("missing.toml").unwrap_err());
        assert!(!silent(config.from_json_file("missing.json")).unwrap());
        assert!(!silent(config.from_toml_file("missing.toml")).unwrap());
    }

    /// Runs one test of this file with a variable set, which a running program cannot do safely.
    fn run_with_settings(test: &str, path: &Path) {
        let child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact"])
            .env("CARAFE_TEST_SETTINGS", path)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&child.stdout);
        assert!(
            child.status.success() && told.contains("1 passed"),
            "{told}"
        );
    }

    #[test]
    fn a_variable_names_the_file() {
        let name = "CARAFE_TEST_SETTINGS";
        let mut config = Config::new("/");
        if std::env::var_os(name).is_some() {
            config.from_envvar(name).unwrap();
            assert_filled(&config);
            return;
        }
        let error = config.from_envvar(name).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        assert!(!silent(config.from_envvar(name)).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, JSON).unwrap();
        run_with_settings("files::a_variable_names_the_file", &path);
    }

    #[test]
    fn a_variable_may_name_a_missing_file() {
        let name = "CARAFE_TEST_SETTINGS";
        if std::env::var_os(name).is_some() {
            let mut config = Config::new("/");
            assert_missing(&config.from_envvar(name).unwrap_err());
            assert!(!silent(config.from_envvar(name)).unwrap());
            return;
        }
        let path = PathBuf::from("/no-such-folder/missing.json");
        run_with_settings("files::a_variable_may_name_a_missing_file", &path);
    }
}

mod variables {
    use super::*;

    #[test]
    fn variables_with_the_prefix_are_read_as_json_or_text() {
        let mut config = Config::new(".");
        let vars = [
            ("FLASK_STRING", "value"),
            ("FLASK_BOOL", "true"),
            ("FLASK_INT", "1"),
            ("FLASK_FLOAT", "1.2"),
            ("FLASK_LIST", "[1, 2]"),
            ("FLASK_DICT", r#"{"k": "v"}"#),
            ("NOT_FLASK_OTHER", "other"),
        ];
        config.from_prefixed_vars("FLASK", vars).unwrap();
        for (key, value) in [
            ("STRING", json!("value")),
            ("BOOL", json!(true)),
            ("INT", json!(1)),
            ("FLOAT", json!(1.2)),
            ("LIST", json!([1, 2])),
            ("DICT", json!({"k": "v"})),
        ] {
            assert_eq!(as_json(&config, key), value);
        }
        assert!(!config.contains("OTHER"));
    }

    #[test]
    fn the_prefix_is_ones_own() {
        let mut config = Config::new(".");
        let vars = [("FLASK_A", "a"), ("NOT_FLASK_A", "b")];
        config.from_prefixed_vars("NOT_FLASK", vars).unwrap();
        assert_eq!(config.get("A"), Some("b".into()));
    }

    #[test]
    fn two_underscores_lead_into_mappings() {
        let mut config = Config::new(".");
        let given = json!({"ok": "value", "flag": true, "inner": {"ik": 1}});
        config.set("EXIST", given).unwrap();
        let vars = [
            ("FLASK_EXIST__ok", "other"),
            ("FLASK_EXIST__inner__ik", "2"),
            ("FLASK_EXIST__new__more", r#"{"k": false}"#),
            ("FLASK_NEW__K", "v"),
        ];
        config.from_prefixed_vars("FLASK", vars).unwrap();
        let expected = json!({
            "ok": "other",
            "flag": true,
            "inner": {"ik": 2},
            "new": {"more": {"k": false}},
        });
        assert_eq!(as_json(&config, "EXIST"), expected);
        assert_eq!(as_json(&config, "NEW"), json!({"K": "v"}));
    }
}

#[test]
fn a_mapping_fills_the_configuration_with_its_upper_case_keys() {
    let pairs = [
        ("SECRET_KEY", "config"),
        ("TEST_KEY", "foo"),
        ("TestConfig", "skip"),
    ];
    let mut config = Config::new(".");
    config.from_mapping(pairs).unwrap();
    assert_filled(&config);
    let mut config = Config::new(".");
    let map = std::collections::BTreeMap::from(pairs);
    config.from_mapping(map).unwrap();
    assert_filled(&config);
}

#[test]
fn a_namespace_is_read_with_and_without_its_name() {
    let mut config = Config::new(".");
    for key in ["FOO_OPTION_1", "FOO_OPTION_2", "BAR_STUFF_1", "BAR_STUFF_2"] {
        config.set(key, key.to_lowercase()).unwrap();
    }
    let entries = |namespace, lowercase, trim| -> Vec<(String, Value)> {
        let namespace = config.get_namespace(namespace, lowercase, trim);
        let mut entries: Vec<_> = namespace
            .iter()
            .map(|(key, value)| (key.to_string(), value.clone()))
            .collect();
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        entries
    };
    let pair = |key: &str, value: &str| (key.to_owned(), Value::from(value));
    for (namespace, lowercase, trim, names) in [
        ("FOO_", true, true, ["option_1", "option_2"]),
        ("FOO_", true, false, ["foo_option_1", "foo_option_2"]),
    ] {
        let expected = [
            pair(names[0], "foo_option_1"),
            pair(names[1], "foo_option_2"),
        ];
        assert_eq!(entries(namespace, lowercase, trim), expected);
    }
    for (trim, names) in [
        (true, ["STUFF_1", "STUFF_2"]),
        (false, ["BAR_STUFF_1", "BAR_STUFF_2"]),
    ] {
        let expected = [pair(names[0], "bar_stuff_1"), pair(names[1], "bar_stuff_2")];
        assert_eq!(entries("BAR_", false, trim), expected);
    }
}

mod instance_folder {
    use super::*;

    #[test]
    fn a_given_instance_folder_is_absolute() {
        let mut app = App::new("flask_test");
        app.instance_path = Some("instance".into());
        let complaint = app.build().unwrap_err().to_string();
        assert!(complaint.contains("must be absolute"), "{complaint}");
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("note.txt"), "here").unwrap();
        let mut app = App::new("flask_test");
        app.instance_path = Some(folder.path().to_owned());
        let app = app.build().unwrap();
        assert_eq!(app.instance_path(), folder.path());
        let mut file = app.open_instance_resource("note.txt").unwrap();
        assert_eq!(std::io::read_to_string(&mut file).unwrap(), "here");
    }

    #[test]
    fn the_instance_folder_lies_below_the_root() {
        let app = App::with_root_path("flask_test", "/srv/app")
            .build()
            .unwrap();
        assert_eq!(app.instance_path(), Path::new("/srv/app/instance"));
    }
}
