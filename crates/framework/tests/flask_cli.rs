//! The behavior that Flask's `test_cli` holds, and the commands of Flask's `test_testing`.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::{Arc, Mutex};

use carafe::cli::{CommandValue, Exit, echo, echo_err};
use carafe::prelude::*;
use carafe::testing::CliResult;

fn new_app() -> App {
    let mut app = App::new("flask_test");
    app.static_folder = None;
    app
}

fn invoke(app: App, words: &str) -> CliResult {
    app.test_cli_runner().invoke(words.split_whitespace())
}

fn say_name() {
    echo(current_app().name());
}

mod commands {
    use super::*;

    #[test]
    fn a_command_writes_to_its_result() {
        let mut app = new_app();
        app.cli.command("hello", || {
            echo("Hello, World!");
            echo_err("and good night");
        });
        let result = invoke(app, "hello");
        assert_eq!(result.stdout(), "Hello, World!\n");
        assert_eq!(result.stderr(), "and good night\n");
        assert_eq!(result.output(), "Hello, World!\nand good night\n");
        assert_eq!((result.exit_code(), result.error().is_none()), (0, true));
    }

    #[test]
    fn commands_run_in_a_context_of_their_app_in_groups_too() {
        let mut app = new_app();
        app.cli.command("test", say_name);
        app.cli
            .group("subgroup")
            .command("test2", || async { say_name() });
        app.cli
            .group("subgroup")
            .group("inner")
            .command("test3", say_name);
        let runner = app.test_cli_runner();
        for words in ["test", "subgroup test2", "subgroup inner test3"] {
            let result = runner.invoke(words.split(' '));
            assert_eq!(
                (result.output().as_str(), result.exit_code()),
                ("flask_test\n", 0)
            );
        }
        assert!(!carafe::has_app_context());
    }

    #[test]
    fn parameters_are_read_in_the_context_of_the_app() {
        struct OfTheApp(String);
        impl CommandValue for OfTheApp {
            fn from_text(text: &str) -> Result<Self> {
                Ok(Self(format!("{text} of {}", current_app().name())))
            }
        }
        let mut app = new_app();
        app.cli
            .command("check", |value: OfTheApp| echo(value.0))
            .argument("value", "");
        assert_eq!(invoke(app, "check x").output(), "x of flask_test\n");
    }

    #[test]
    fn the_context_learns_how_the_command_ended() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut app = new_app();
        let ended = seen.clone();
        app.teardown_appcontext(move |reason: Ended| {
            let error = reason.error().map(ToString::to_string);
            ended.lock().unwrap().push(error);
        });
        app.cli.command("works", || ());
        app.cli
            .command("fails", || Err::<(), _>(Error::msg("no luck")));
        app.cli.command("fails-later", async || {
            Err::<(), _>(Error::msg("no luck later"))
        });
        app.cli.command("panics", || {
            if true {
                panic!("no way");
            }
        });
        let runner = app.test_cli_runner();
        let codes = ["works", "fails", "fails-later", "panics"]
            .map(|word| runner.invoke([word]).exit_code());
        assert_eq!(codes, [0, 1, 1, 101]);
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen.len(), 4);
        assert_eq!(
            seen[..3],
            [None, Some("no luck".into()), Some("no luck later".into())]
        );
        assert!(seen[3].as_ref().is_some_and(|text| text.contains("no way")));
    }

    #[test]
    fn an_error_is_told_with_its_causes_and_a_status() {
        #[derive(Debug)]
        struct Outer(std::num::ParseIntError);
        impl std::fmt::Display for Outer {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the number of users is unknown")
            }
        }
        impl std::error::Error for Outer {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                Some(&self.0)
            }
        }
        let mut app = new_app();
        app.cli.command("count", || -> Result<()> {
            "many".parse::<u8>().map(drop).map_err(Outer)?;
            Ok(())
        });
        app.cli.command("leave", || Err::<(), _>(Exit::new(7)));
        let runner = app.test_cli_runner();
        let result = runner.invoke(["count"]);
        assert_eq!(
            result.stderr(),
            "error: the number of users is unknown\n  caused by: invalid digit found in string\n"
        );
        assert_eq!((result.exit_code(), result.error().is_some()), (1, true));
        let result = runner.invoke(["leave"]);
        assert_eq!((result.output().as_str(), result.exit_code()), ("", 7));
    }

    #[test]
    fn an_asynchronous_test_can_run_asynchronous_commands() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut app = new_app();
            app.cli.command("later", || async {
                tokio::task::yield_now().await;
                say_name();
            });
            assert_eq!(invoke(app, "later").output(), "flask_test\n");
        });
    }

    #[test]
    fn a_context_within_a_command_writes_where_the_command_does() {
        let mut app = new_app();
        app.cli.command("nested", || -> Result<()> {
            let ctx = current_app().app_context();
            let _guard = ctx.push()?;
            say_name();
            Ok(())
        });
        assert_eq!(invoke(app, "nested").output(), "flask_test\n");
    }
}

mod words {
    use super::*;

    fn with_everything() -> App {
        let mut app = new_app();
        app.cli
            .command(
                "do",
                |what: String, times: u8, loudly: bool, to: Option<String>, rest: Vec<u8>| {
                    echo(format!("{what} {times} {loudly} {to:?} {rest:?}"));
                },
            )
            .argument("what", "what is done")
            .option("times", "how often")
            .short('t')
            .default("1")
            .option("loudly", "")
            .option("to", "")
            .argument("rest", "");
        app
    }

    #[test]
    fn parameters_are_what_the_function_takes() {
        let runner = with_everything().test_cli_runner();
        let output = |words: &str| runner.invoke(words.split(' ')).output();
        assert_eq!(output("do sing"), "sing 1 false None []\n");
        assert_eq!(
            output("do --loudly sing -t 3 --to=me 1 2"),
            "sing 3 true Some(\"me\") [1, 2]\n"
        );
    }

    #[test]
    fn mistakes_in_the_words_are_told_with_a_status_of_2() {
        let runner = with_everything().test_cli_runner();
        for (words, told) in [
            ("missing", "unrecognized subcommand 'missing'"),
            ("do", "<WHAT>"),
            ("do sing -t many", "invalid digit found in string"),
            ("do sing 1 x", "invalid value 'x' for '<REST>'"),
            ("do sing --wat", "unexpected argument '--wat'"),
            (
                "run --port many",
                "invalid value 'many' for '--port <PORT>'",
            ),
            ("--port 80 routes", "takes none of the options of \"run\""),
            ("routes --debug", "set up already"),
        ] {
            let result = runner.invoke(words.split(' '));
            assert_eq!(result.exit_code(), 2, "{words}: {}", result.output());
            assert!(
                result.stderr().contains(told),
                "{words}: {}",
                result.output()
            );
            assert_eq!(result.stdout(), "");
        }
        assert!(runner.invoke(["missing"]).stderr().contains("Usage:"));
    }

    #[test]
    fn help_names_the_app_and_its_commands() {
        let mut app = with_everything();
        app.cli
            .group("users")
            .about("Knows the users.")
            .command("list", || ());
        let runner = app.test_cli_runner();
        let result = runner.invoke(["--help"]);
        assert_eq!((result.exit_code(), result.stderr().as_str()), (0, ""));
        for text in ["Usage: flask_test", "routes", "users", "Knows the users."] {
            assert!(result.stdout().contains(text), "{}", result.stdout());
        }
        let help = runner.invoke(["do", "--help"]).stdout();
        assert!(
            help.contains("how often [default: 1]") && help.contains("what is done"),
            "{help}"
        );
    }

    #[test]
    fn commands_that_cannot_be_are_mistakes_of_the_set_up() {
        let mut app = new_app();
        app.cli.command("routes", || ());
        app.cli.command("twice", || ());
        app.cli.group("twice").command("", || ());
        app.cli.command("takes", |_: u8| ());
        let told = app.build().unwrap_err().to_string();
        for text in [
            "there is a command \"routes\" already",
            "there is a command \"twice\" already",
            "cannot be named \"\"",
            "takes 1 parameters, and 0 are declared",
            "flask_cli.rs:",
        ] {
            assert!(told.contains(text), "{told}");
        }
    }
}

mod blueprints {
    use super::*;

    fn saying(name: &str) -> Blueprint {
        let mut blueprint = Blueprint::new(name);
        let text = format!("{name}_result");
        blueprint.cli.command(name, move || echo(&text));
        blueprint
    }

    #[test]
    fn the_commands_of_a_blueprint_are_in_a_group() {
        let mut app = new_app();
        app.register_blueprint(saying("custom").with_cli_group("customized"), ());
        app.register_blueprint(saying("nested"), ());
        app.register_blueprint(saying("merged").with_cli_group(None), ());
        app.register_blueprint(
            saying("late"),
            carafe::BlueprintOptions::default().cli_group("late_registration"),
        );
        let mut outer = Blueprint::new("outer");
        outer.register_blueprint(saying("inner"), ());
        app.register_blueprint(outer, ());
        let runner = app.test_cli_runner();
        for (words, output) in [
            ("customized custom", "custom_result\n"),
            ("nested nested", "nested_result\n"),
            ("merged", "merged_result\n"),
            ("late_registration late", "late_result\n"),
            ("outer.inner inner", "inner_result\n"),
        ] {
            assert_eq!(runner.invoke(words.split(' ')).output(), output);
        }
        assert_eq!(runner.invoke(["custom"]).exit_code(), 2);
    }

    #[test]
    fn a_blueprint_without_commands_has_no_group() {
        let mut app = new_app();
        app.register_blueprint(Blueprint::new("blue").with_cli_group("blue"), ());
        let result = invoke(app, "blue --help");
        assert_eq!(result.exit_code(), 2, "{}", result.output());
    }
}

mod routes {
    use super::*;

    fn app() -> App {
        let mut app = App::new("flask_test");
        app.add_rule("/get_post/<int:x>/<int:y>", "yyy_get_post")
            .methods(["GET", "POST"]);
        app.add_rule("/zzz_post", "aaa_post").methods(["POST"]);
        app
    }

    /// The first words of the lines below the header.
    fn endpoints(words: &str) -> Vec<String> {
        let output = invoke(app(), words).output();
        let lines = output.lines().skip(2);
        lines
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn they_are_sorted_by_endpoint() {
        let result = invoke(app(), "routes");
        assert_eq!(result.exit_code(), 0);
        assert_eq!(
            result.output(),
            "Endpoint      Methods    Rule\n\
             ------------  ---------  -------------------------\n\
             aaa_post      POST       /zzz_post\n\
             static        GET        /static/<path:filename>\n\
             yyy_get_post  GET, POST  /get_post/<int:x>/<int:y>\n"
        );
    }

    #[test]
    fn they_are_sorted_as_asked() {
        let by = |order: &str| endpoints(&format!("routes --sort {order}"));
        assert_eq!(by("endpoint"), endpoints("routes"));
        assert_eq!(by("methods"), ["static", "yyy_get_post", "aaa_post"]);
        assert_eq!(by("rule"), ["yyy_get_post", "static", "aaa_post"]);
        assert_eq!(by("match"), ["static", "yyy_get_post", "aaa_post"]);
        assert_eq!(invoke(app(), "routes -s size").exit_code(), 2);
    }

    #[test]
    fn head_and_options_are_shown_when_asked_for() {
        let all = "GET, HEAD, OPTIONS, POST";
        assert!(!invoke(app(), "routes").output().contains(all));
        assert!(invoke(app(), "routes --all-methods").output().contains(all));
    }

    #[test]
    fn an_app_without_routes_says_so() {
        let result = invoke(new_app(), "routes");
        assert_eq!(
            (result.exit_code(), result.output().as_str()),
            (0, "No routes were registered.\n")
        );
    }

    #[test]
    fn subdomains_have_a_column() {
        let mut app = new_app();
        app.add_rule("/a", "a").subdomain("a");
        app.add_rule("/b", "b").subdomain("b");
        let output = invoke(app, "routes --sort domain").output();
        assert!(
            output.starts_with("Endpoint  Methods  Subdomain  Rule\n"),
            "{output}"
        );
    }

    #[test]
    fn hosts_have_a_column() {
        let mut app = new_app();
        app.url_map.options_mut().host_matching = true;
        app.add_rule("/a", "a").host("a");
        app.add_rule("/b", "b").host("b");
        let output = invoke(app, "routes").output();
        assert!(
            output.starts_with("Endpoint  Methods  Host  Rule\n"),
            "{output}"
        );
    }

    fn load_user() {}
    fn show(_id: i64) -> &'static str {
        ""
    }

    #[test]
    fn what_runs_for_a_url_is_shown_in_order() {
        let mut app = new_app();
        app.before_request(load_user);
        app.after_request(|response: Response| response);
        app.teardown_appcontext(|_: Ended| ());
        let mut users = Blueprint::new("users");
        users.route("/<int:id>", show);
        users.before_request(load_user);
        users.after_request(|response: Response| response);
        app.register_blueprint(users, url_prefix("/users"));
        let runner = app.test_cli_runner();
        let output = runner.invoke(["routes", "--hooks", "/users/7"]).output();
        let lines: Vec<String> = output
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(lines[0], "GET /users/7 is for the endpoint \"users.show\".");
        assert_eq!(
            lines[4..],
            [
                "before_request the app flask_cli::routes::load_user",
                "before_request users flask_cli::routes::load_user",
                "view users show",
                "after_request users a closure in flask_cli::routes::what_runs_for_a_url_is_shown_in_order",
                "after_request the app a closure in flask_cli::routes::what_runs_for_a_url_is_shown_in_order",
                "teardown_appcontext the app a closure in flask_cli::routes::what_runs_for_a_url_is_shown_in_order",
            ]
        );
        let output = runner.invoke(["routes", "--hooks", "/users/x"]).output();
        assert!(output.contains("is for no endpoint: 404"), "{output}");
        let output = runner
            .invoke(["routes", "--hooks", "/users/7", "--method", "POST"])
            .output();
        assert!(output.contains("is for no endpoint: 405"), "{output}");
    }
}

mod configuration {
    use super::*;

    #[test]
    fn values_are_shown_with_where_they_are_from_and_secrets_are_not() {
        let mut app = new_app();
        app.config.secret_key("hunter2").testing(true);
        app.config
            .set("DATABASE", "postgresql://ada:hunter2@db/app")
            .unwrap();
        app.config
            .from_prefixed_vars("APP", [("APP_MAIL_SERVER", "localhost")])
            .unwrap();
        let output = invoke(app, "config").output();
        assert!(!output.contains("hunter2"), "{output}");
        let line = |key: &str| {
            let line = output.lines().find(|line| line.starts_with(key)).unwrap();
            line.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(line("DEBUG"), ["DEBUG", "false", "default"]);
        assert_eq!(line("SECRET_KEY ")[1], "********");
        assert!(line("TESTING")[2].contains("flask_cli.rs:"));
        assert_eq!(
            line("MAIL_SERVER")[2..].join(" "),
            "environment variable APP_MAIL_SERVER"
        );
    }
}

mod variables_from_files {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    /// Runs one test of this file in a folder, which starts itself anew to have its variables.
    fn run_in(folder: &Path, test: &str, skip: &str) {
        let child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact"])
            .current_dir(folder)
            .env("CARAFE_TEST_CHILD", "1")
            .env("CARAFE_TEST_EGGS", "3")
            .env("CARAFE_SKIP_DOTENV", skip)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&child.stdout);
        assert!(
            child.status.success() && told.contains("1 passed"),
            "{told}"
        );
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        file(
            ".env",
            "CARAFE_TEST_FOO=env\nCARAFE_TEST_EGGS=5\nCARAFE_TEST_HAM=火腿\n",
        );
        file(
            ".carafeenv",
            "CARAFE_TEST_FOO=carafeenv\nCARAFE_TEST_BAR=bar\n",
        );
        folder
    }

    fn variables() -> [Option<String>; 4] {
        ["FOO", "BAR", "EGGS", "HAM"].map(|name| std::env::var(format!("CARAFE_TEST_{name}")).ok())
    }

    #[test]
    fn are_set_where_they_were_not() {
        if std::env::var_os("CARAFE_TEST_CHILD").is_none() {
            let folder = folder();
            return run_in(
                folder.path(),
                "variables_from_files::are_set_where_they_were_not",
                "",
            );
        }
        carafe::cli::load_dotenv().unwrap();
        let expected = ["env", "bar", "3", "火腿"].map(|value| Some(value.to_owned()));
        assert_eq!(variables(), expected);
    }

    #[test]
    fn are_left_alone_when_told_so() {
        if std::env::var_os("CARAFE_TEST_CHILD").is_none() {
            let folder = folder();
            return run_in(
                folder.path(),
                "variables_from_files::are_left_alone_when_told_so",
                "1",
            );
        }
        carafe::cli::load_dotenv().unwrap();
        assert_eq!(variables(), [None, None, Some("3".to_owned()), None]);
    }
}
