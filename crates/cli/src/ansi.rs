//! Text with the colors of a terminal as HTML.

/// The colors by number, as variables of the page's style; black and white are those of the page.
const COLORS: [Option<&str>; 8] = [
    None,
    Some("red"),
    Some("green"),
    Some("yellow"),
    Some("blue"),
    Some("magenta"),
    Some("cyan"),
    None,
];

/// What the text is shown with at a place.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
struct Look {
    is_bold: bool,
    color: Option<&'static str>,
}

/// Makes HTML of text with colors; what other sequences would do is left out.
pub(crate) fn to_html(text: &str) -> String {
    let mut html = String::new();
    let mut look = Look::default();
    let mut pieces = text.split('\u{1b}');
    push(&mut html, look, pieces.next().unwrap_or_default());
    for piece in pieces {
        // `[` parameters, and a letter that says what they are for: `m` for colors.
        let end = piece
            .find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(piece.len());
        let (sequence, rest) = piece.split_at(end);
        if let Some(rest) = rest.strip_prefix('m') {
            look = look.after(sequence.trim_start_matches('['));
            push(&mut html, look, rest);
        } else {
            let mut rest = rest.chars();
            rest.next();
            push(&mut html, look, rest.as_str());
        }
    }
    html
}

/// The text without colors.
pub(crate) fn plain(text: &str) -> String {
    let mut pieces = text.split('\u{1b}');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| c.is_ascii_alphabetic());
        plain.push_str(end.and_then(|end| piece.get(end + 1..)).unwrap_or_default());
    }
    plain
}

fn push(html: &mut String, look: Look, text: &str) {
    let text = escape(text);
    if text.is_empty() || look == Look::default() {
        return html.push_str(&text);
    }
    let class = if look.is_bold { " class=\"b\"" } else { "" };
    let style = look
        .color
        .map(|color| format!(" style=\"color:var(--{color})\""));
    html.push_str(&format!(
        "<span{class}{}>{text}</span>",
        style.unwrap_or_default()
    ));
}

/// Makes text safe between the tags and in the attributes of HTML.
pub(crate) fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

impl Look {
    /// The look after a sequence such as `1;31`.
    fn after(mut self, sequence: &str) -> Self {
        let mut numbers = sequence.split(';').map(|text| text.parse().unwrap_or(0));
        while let Some(number) = numbers.next() {
            match number {
                0 => self = Self::default(),
                1 => self.is_bold = true,
                22 => self.is_bold = false,
                30..=37 => self.color = color(number - 30),
                90..=97 => self.color = color(number - 90),
                39 => self.color = None,
                38 => self.color = palette(&mut numbers),
                48 => drop(palette(&mut numbers)),
                _ => {}
            }
        }
        self
    }
}

fn color(number: usize) -> Option<&'static str> {
    COLORS.get(number).copied().flatten()
}

/// The color behind `38;`: one of 256, of which rustc uses the first 16, or red, green and blue.
fn palette(numbers: &mut impl Iterator<Item = usize>) -> Option<&'static str> {
    match numbers.next()? {
        5 => color(numbers.next().filter(|number| *number < 16)? % 8),
        2 => {
            let _ = numbers.by_ref().take(3).count();
            None
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{plain, to_html};

    #[test]
    fn colors_become_spans() {
        assert_eq!(
            to_html("\u{1b}[0m\u{1b}[1m\u{1b}[38;5;9merror\u{1b}[0m: a < b"),
            "<span class=\"b\" style=\"color:var(--red)\">error</span>: a &lt; b"
        );
        assert_eq!(
            to_html("\u{1b}[1;34m-->\u{1b}[m x"),
            "<span class=\"b\" style=\"color:var(--blue)\">--&gt;</span> x"
        );
    }

    #[test]
    fn other_sequences_are_left_out() {
        assert_eq!(to_html("a\u{1b}[2Kb\u{1b}"), "ab");
        assert_eq!(
            plain("\u{1b}[1ma < \u{1b}[38;5;9mb\u{1b}[0m\u{1b}"),
            "a < b"
        );
        assert_eq!(to_html("\u{1b}[38;2;1;2;3mx\u{1b}[48;5;1my"), "xy");
        assert_eq!(to_html("\u{1b}[38m\u{1b}[38;5m\u{1b}[999mz"), "z");
    }
}
