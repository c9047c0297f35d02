//! Blueprints with files of their own.

use std::io;

use carafe::prelude::*;
use serde_json::json;

use super::page;
use crate::support::Setup;

pub(super) fn register(app: &mut App, setup: &Setup, beta_first: bool) {
    let folders = setup.fixtures.join("bp");
    let mut alpha = Blueprint::new("alpha")
        .with_url_prefix("/alpha")
        .with_root_path(folders.join("alpha"))
        .with_static_folder("static")
        .with_template_folder("templates");
    let mut beta = Blueprint::new("beta")
        .with_url_prefix("/beta")
        .with_root_path(folders.join("beta"))
        .with_static_folder("assets")
        .with_static_url_path("/files")
        .with_template_folder("templates");
    let bare = Blueprint::new("bare")
        .with_root_path(folders.join("beta"))
        .with_static_folder("assets")
        .with_static_url_path("/bare-files");
    add_pages(&mut alpha);
    add_pages(&mut beta);
    let both = if beta_first {
        [beta, alpha]
    } else {
        [alpha, beta]
    };
    for blueprint in both {
        app.register_blueprint(blueprint, ());
    }
    app.register_blueprint(bare, ());
}

fn add_pages(blueprint: &mut Blueprint) {
    let own = blueprint.clone();
    blueprint.route("/page/<name>", page);
    blueprint.route("/static-url", static_url);
    blueprint
        .route("/resource", move || resource(&own))
        .endpoint("resource");
}

fn static_url() -> Result {
    jsonify(json!({
        "relative": url_for!(".static", filename = "style.css")?,
        "app": url_for!("static", filename = "hello.txt")?,
    }))
}

fn resource(blueprint: &Blueprint) -> carafe::Result<String> {
    Ok(io::read_to_string(blueprint.open_resource("note.txt")?)?)
}
