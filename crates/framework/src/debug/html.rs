//! Text on its way into the page: masked, and then escaped.

use crate::debug::mask::Mask;
use crate::debug::source::Excerpt;
use crate::html::write_escaped;

/// A page while it is written.
pub(super) struct Html {
    out: String,
    mask: Mask,
}

impl Html {
    pub(super) fn new(mask: Mask) -> Self {
        let out = String::with_capacity(16 * 1024);
        Self { out, mask }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Writes markup as it is.
    pub(super) fn markup(&mut self, markup: &'static str) {
        self.out.push_str(markup);
    }

    /// Writes text.
    pub(super) fn text(&mut self, text: impl AsRef<str>) {
        let shown = self.mask.hide(text.as_ref());
        // Writing to a string does not fail.
        let _ = write_escaped(&mut self.out, &shown);
    }

    /// Writes text between two tags.
    pub(super) fn element(
        &mut self,
        open: &'static str,
        text: impl AsRef<str>,
        close: &'static str,
    ) {
        self.markup(open);
        self.text(text);
        self.markup(close);
    }

    /// Writes a table of names and values under a heading; nothing when there are none.
    pub(super) fn table(&mut self, heading: &'static str, rows: &[(String, String)]) {
        if rows.is_empty() {
            return;
        }
        self.markup(heading);
        self.markup("<table>\n");
        for (name, value) in rows {
            self.element("<tr><th scope=row>", name, "</th>");
            self.element("<td>", value, "</td></tr>\n");
        }
        self.markup("</table>\n");
    }

    /// Writes lines of source, with the one that counts marked.
    pub(super) fn excerpt(&mut self, excerpt: &Excerpt) {
        self.markup("<figure>\n");
        let place = format!("{}, line {}", excerpt.name, excerpt.line);
        self.element("<figcaption>", place, "</figcaption>\n<pre>");
        for (number, line) in excerpt.lines() {
            let is_marked = number == excerpt.line;
            self.markup(if is_marked { "<mark>" } else { "<span>" });
            self.element("<i>", format!("{number:>4}"), "</i> ");
            self.text(line);
            self.markup(if is_marked { "\n</mark>" } else { "\n</span>" });
        }
        self.markup("</pre>\n</figure>\n");
    }
}
