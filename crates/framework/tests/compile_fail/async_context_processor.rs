//! A context processor that would have to be waited for.

use carafe::prelude::*;

fn main() {
    let mut app = App::new("mistake");
    app.context_processor(async || TemplateContext::new());
}
