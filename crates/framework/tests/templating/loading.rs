//! Where templates come from, and when they are read again.

use std::fs::{self, File};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use carafe::prelude::*;
use carafe::{ReadyApp, TemplateErrorKind};

use crate::{new_app, template_error};

#[test]
fn the_first_template_that_exists_is_taken() {
    let mut app = new_app();
    app.context_processor(|| context! { whiskey = "Jameson" });
    app.route("/", || {
        render_template(
            ["no_template.xml", "simple.html", "context.html"],
            context! { value = 23 },
        )
    })
    .endpoint("index");
    app.route("/none", || {
        render_template(["no_template.xml", "nor_this.xml"], ())
    })
    .endpoint("none");
    app.route("/empty", || render_template(Vec::<String>::new(), ()))
        .endpoint("empty");
    let client = app.test_client();
    assert_eq!(client.get("/").send().text(), "<h1>Jameson</h1>");
    for url in ["/none", "/empty"] {
        let error = client.get(url).try_send().unwrap_err();
        assert_eq!(template_error(&error).kind(), TemplateErrorKind::NotFound);
    }
}

#[test]
fn a_function_stands_in_for_folders() {
    let mut app = new_app();
    app.template_loader(
        |name| Ok((name == "index.html").then(|| "Hello Custom World!".to_owned())),
    );
    app.route("/", || render_template("index.html", ()))
        .endpoint("index");
    assert_eq!(
        app.test_client().get("/").send().text(),
        "Hello Custom World!"
    );
}

fn site() -> App {
    let mut app = App::with_root_path("site", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/site"));
    app.config.testing(true);
    for name in ["admin", "shop"] {
        let mut blueprint = Blueprint::new(name)
            .with_root_path(name)
            .with_template_folder("templates");
        blueprint
            .route(&format!("/{name}/<template>"), |template: String| {
                render_template(template, ())
            })
            .endpoint("show");
        app.register_blueprint(blueprint, ());
    }
    app
}

#[test]
fn the_apps_folder_comes_before_those_of_blueprints_in_order() {
    let client = site().test_client();
    assert_eq!(client.get("/admin/both.html").send().text(), "the app");
    assert_eq!(client.get("/shop/admin.html").send().text(), "admin only");
    assert_eq!(
        client.get("/shop/shared.html").send().text(),
        "shared by the admin"
    );
}

#[test]
fn a_name_cannot_leave_the_folder() -> Result<()> {
    let mut app = site();
    app.template_folder = Some("templates".into());
    let ctx = app.build()?.app_context();
    let _guard = ctx.push()?;
    for name in [
        "../admin/templates/admin.html/../../Cargo.toml",
        "..",
        "",
        "/etc/passwd",
        "a\0b",
        "\\",
    ] {
        let error = render_template(name, ()).unwrap_err();
        assert_eq!(
            template_error(&error).kind(),
            TemplateErrorKind::NotFound,
            "{name}"
        );
    }
    Ok(())
}

/// An app with one template in a folder of its own, and a way to change the template.
fn editable(change: impl FnOnce(&mut App)) -> (tempfile::TempDir, impl Fn(&str, u64), ReadyApp) {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("templates/page.html");
    fs::create_dir(root.path().join("templates")).unwrap();
    let write = move |text: &str, seconds| {
        fs::write(&file, text).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_modified(time)
            .unwrap();
    };
    write("before", 1_000);
    let mut app = App::with_root_path("editable", root.path());
    change(&mut app);
    (root, write, app.build().unwrap())
}

#[test]
fn changed_templates_are_read_again_when_configured_or_in_debug() -> Result<()> {
    for (debug, configured, reloads) in [
        (false, None, false),
        (false, Some(false), false),
        (false, Some(true), true),
        (true, None, true),
        (true, Some(false), false),
        (true, Some(true), true),
    ] {
        let (_root, write, app) = editable(|app| {
            app.config.debug(debug).templates_auto_reload(configured);
        });
        let ctx = app.app_context();
        let _guard = ctx.push()?;
        assert_eq!(render_template("page.html", ())?.into_text(), "before");
        write("after", 2_000);
        let expected = if reloads { "after" } else { "before" };
        assert_eq!(
            render_template("page.html", ())?.into_text(),
            expected,
            "{debug} {configured:?}"
        );
    }
    Ok(())
}

#[test]
fn line_ends_are_line_feeds_and_the_last_is_dropped() -> Result<()> {
    let (_root, write, app) = editable(|app| {
        app.config.templates_auto_reload(true);
    });
    write("a\r\nb\r\n", 2_000);
    let ctx = app.app_context();
    let _guard = ctx.push()?;
    assert_eq!(render_template("page.html", ())?.into_text(), "a\nb");
    assert_eq!(
        render_template_string("a\r\nb\r\n", ())?.into_text(),
        "a\nb"
    );
    Ok(())
}

#[test]
fn the_search_for_a_template_is_explained_in_the_log() {
    let mut app = site();
    app.config.explain_template_loading(true);
    let client = app.test_client();
    let log = Log::default();
    let lines = tracing::subscriber::with_default(log.clone(), || {
        // The client's own thread has the subscriber of none, so the view runs here.
        let ctx = client
            .app()
            .test_request_context("/shop/missing.html")
            .build()
            .unwrap();
        let _guard = ctx.push().unwrap();
        assert!(render_template("missing.html", ()).is_err());
        log.0.lock().unwrap().clone()
    });
    let text = lines.join("\n");
    for expected in [
        "Locating template \"missing.html\":",
        "1: trying loader of application \"site\"",
        "2: trying loader of blueprint \"admin\"",
        "3: trying loader of blueprint \"shop\"",
        "Error: the template could not be found.",
        "looked up from an endpoint that belongs to the blueprint \"shop\"",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in {text}");
    }
    assert_eq!(lines.len(), 1);
}

/// The messages that are logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "carafe::app"
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        struct Message<'a>(&'a Log);
        impl tracing::field::Visit for Message<'_> {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                if field.name() == "message" {
                    self.0.0.lock().unwrap().push(format!("{value:?}"));
                }
            }
        }
        event.record(&mut Message(self));
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}
