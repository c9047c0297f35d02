//! A command with a parameter that the command line cannot give.

use std::time::Duration;

use carafe::prelude::*;

fn wait(_time: Duration) {}

fn main() {
    let mut app = App::new("docs");
    app.cli.command("wait", wait).argument("time", "how long");
}
