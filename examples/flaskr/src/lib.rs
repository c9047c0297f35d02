//! Flaskr: the blog of Flask's tutorial.
//!
//! `cargo run -p example-flaskr init-db` makes the tables, `cargo run -p example-flaskr` serves the blog on
//! <http://127.0.0.1:5000>. A release build is one file that needs no other.

pub mod auth; // users: registering, logging in and out
pub mod blog; // posts: reading, writing, changing, deleting
pub mod db; // the database

use std::fs;

use carafe::config::{self, Config};
use carafe::prelude::*;

/// Puts the app together; `configure` has the last word on its configuration.
pub fn create_app(configure: impl FnOnce(&mut Config) -> Result<()>) -> Result<App> {
    let mut app = carafe::app!();
    app.embed(carafe::embed!("templates", "static"));

    let instance = app.instance_path();
    fs::create_dir_all(&instance)?;
    app.config.set_root_path(&instance);
    app.config.set("DATABASE", instance.join("flaskr.sqlite"))?;
    // A secret for developing: the configuration of the instance has another.
    app.config.secret_key("dev");
    configure(&mut app.config)?;

    app.route("/hello", hello);
    db::init_app(&mut app);
    app.register_blueprint(auth::blueprint(), ());
    app.register_blueprint(blog::blueprint(), ());
    // The blog is the main page: "index" builds the URL of "blog.index".
    app.add_rule("/", "index").build_only();
    Ok(app)
}

/// Takes over `config.toml` of the instance folder, if there is one.
pub fn instance_config(config: &mut Config) -> Result<()> {
    config::silent(config.from_toml_file("config.toml"))?;
    Ok(())
}

fn hello() -> &'static str {
    "Hello, World!"
}
