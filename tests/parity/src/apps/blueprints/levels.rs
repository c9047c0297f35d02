//! Three levels of blueprints in each other.

use std::fmt;

use carafe::prelude::*;
use carafe::{TemplateContext, render_template_string};
use serde_json::json;

use super::{aborted, see, where_am_i};

#[derive(Debug)]
struct ShopError(String);

impl fmt::Display for ShopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ShopError {}

pub(super) fn top() -> Blueprint {
    let mut top = level("top").with_url_prefix("/top");
    let mut middle = level("middle").with_url_prefix("/middle");
    let mut bottom = level("bottom");

    top.error_handler(403, |_: &HttpError| ("top 403", 403));
    bottom.error_handler(403, |_: &HttpError| ("bottom 403", 403));
    middle.error_handler_for(|error: &ShopError| (format!("middle caught {error}"), 400));
    top.error_handler(404, |_: &HttpError| ("top 404", 404));
    bottom.error_handler(405, |_: &HttpError| ("bottom 405", 405));
    middle.error_handler(500, |_: &HttpError| ("middle 500", 500));

    middle.register_blueprint(bottom, url_prefix("/bottom"));
    top.register_blueprint(middle, ());
    top
}

fn level(name: &'static str) -> Blueprint {
    let mut blueprint = Blueprint::new(name);
    blueprint.before_request(move || see(name));
    blueprint.after_request(move |mut response: Response| {
        response.add_header("X-Level", name)?;
        Ok::<_, Error>(response)
    });
    blueprint.context_processor(move || {
        let mut context = TemplateContext::new();
        context.insert("level", name);
        context.insert(format!("from_{name}"), name.to_uppercase());
        context
    });
    blueprint.route("/", where_am_i).endpoint("index");
    blueprint.route("/urls", urls);
    blueprint.route("/level", show_level).endpoint("level");
    blueprint.route("/abort/<int:code>", aborted);
    blueprint
        .route("/shop-error", move || shop_error(name))
        .endpoint("shop_error");
    blueprint
        .route("/crash", move || crash(name))
        .endpoint("crash");
    blueprint
}

fn urls() -> Result {
    let request = request();
    jsonify(json!({
        "relative": url_for!(".index")?,
        "top": url_for!("top.index")?,
        "middle": url_for!("top.middle.index")?,
        "bottom": url_for!("top.middle.bottom.index")?,
        "own": url_for!(request.endpoint().unwrap_or_default())?,
        "app": url_for!("index")?,
    }))
}

fn show_level() -> Result {
    let source = "{{ level }} {{ from_top }}{{ from_middle }}{{ from_bottom }} {{ app_wide }}";
    render_template_string(source, ())
}

fn shop_error(name: &str) -> Result {
    Err(ShopError(format!("in {name}")).into())
}

fn crash(name: &str) -> Result {
    Err(Error::msg(format!("crash in {name}")))
}
