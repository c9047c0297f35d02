//! Links in plain text. Flask: `jinja2.utils.urlize`.

use std::sync::LazyLock;

use minijinja::value::{Kwargs, Rest, ValueOrKwargs};
use minijinja::{AutoEscape, Error, ErrorKind, State, Value};
use regex_automata::meta::Regex;

use crate::headers::python_text::is_space;
use crate::html::Escaped;
use crate::templating::jinja::by_name;
use crate::templating::value::TemplateValue;

// Python takes the letters `İ` and `ı` for an `i` of the other case.
static URL: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)^(?:(?:https?://|www\.)(?:[\w%-]+\.)*(?:[a-zİı]{2,63}|xn--[\w%]{2,59})",
        r"|(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)",
        r"|https?://(?:\d{1,3}(?:\.\d{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\]))",
        r"(?::\d{1,5})?(?:[/?#]\S*)?$",
    ))
});

static EMAIL: LazyLock<Regex> = LazyLock::new(|| compile(r"^\S+@\w[\w.-]*\.\w+$"));

static SCHEME: LazyLock<Regex> = LazyLock::new(|| compile(r"^[\w.+-]{2,}:/{0,2}$"));

fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns are written here, and tested")
}

/// `{{ text|urlize(40, nofollow=true, target="_blank", rel="ugc", extra_schemes=["tel:"]) }}`
pub(super) fn urlize(
    state: &State,
    value: &Value,
    arguments: Rest<ValueOrKwargs>,
) -> Result<Value, Error> {
    let names = [
        "trim_url_limit",
        "nofollow",
        "target",
        "rel",
        "extra_schemes",
    ];
    let links = Links::of(&by_name(arguments, &names)?)?;
    let text = TemplateValue(value.clone()).to_markup().to_string();
    let linked = links.put_into(&text);
    Ok(match state.auto_escape() {
        AutoEscape::None => Value::from(linked),
        _ => Value::from_safe_string(linked),
    })
}

/// What is made of the links.
#[derive(Default)]
struct Links {
    limit: Option<i64>,
    /// The attributes besides the target of the link.
    attributes: String,
    extra_schemes: Vec<String>,
}

impl Links {
    fn of(options: &Kwargs) -> Result<Self, Error> {
        let limit = options.get("trim_url_limit")?;
        let rel: Option<String> = options.get("rel")?;
        let mut rel: Vec<&str> = rel.iter().flat_map(|rel| rel.split_whitespace()).collect();
        if options
            .get::<Option<Value>>("nofollow")?
            .is_some_and(|nofollow| nofollow.is_true())
        {
            rel.push("nofollow");
        }
        // The policy of Jinja's environments.
        rel.push("noopener");
        rel.sort_unstable();
        rel.dedup();
        let mut attributes = format!(" rel=\"{}\"", Escaped(rel.join(" ")));
        if let Some(target) = options
            .get::<Option<String>>("target")?
            .filter(|name| !name.is_empty())
        {
            attributes += &format!(" target=\"{}\"", Escaped(target));
        }
        let extra_schemes = options
            .get::<Option<Vec<String>>>("extra_schemes")?
            .unwrap_or_default();
        options.assert_all_used()?;
        match extra_schemes
            .iter()
            .find(|scheme| !SCHEME.is_match(scheme.as_str()))
        {
            Some(wrong) => Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("{wrong:?} is not a valid URI scheme prefix"),
            )),
            None => Ok(Self {
                limit,
                attributes,
                extra_schemes,
            }),
        }
    }

    /// Makes links of the words of an escaped text that are URLs or addresses of mail.
    fn put_into(&self, text: &str) -> String {
        let mut linked = String::with_capacity(text.len());
        for piece in text.split_inclusive(is_space) {
            let word = piece.trim_end_matches(is_space);
            self.push_word(&mut linked, word);
            linked.push_str(piece.get(word.len()..).unwrap_or_default());
        }
        linked
    }

    fn push_word(&self, out: &mut String, word: &str) {
        let (head, middle, tail) = without_punctuation(word);
        out.push_str(head);
        match self.target(middle) {
            Some(Target::Url { prefix }) => {
                let (attributes, shown) = (&self.attributes, self.shown(middle));
                *out += &format!("<a href=\"{prefix}{middle}\"{attributes}>{shown}</a>");
            }
            Some(Target::Mail { address }) => {
                *out += &format!("<a href=\"mailto:{address}\">{address}</a>");
            }
            Some(Target::Extra) => {
                *out += &format!("<a href=\"{middle}\"{}>{middle}</a>", self.attributes);
            }
            None => out.push_str(middle),
        }
        out.push_str(tail);
    }

    fn target<'a>(&self, word: &'a str) -> Option<Target<'a>> {
        if URL.is_match(word) {
            let has_scheme = word.starts_with("https://") || word.starts_with("http://");
            let prefix = if has_scheme { "" } else { "https://" };
            return Some(Target::Url { prefix });
        }
        let mail = word.strip_prefix("mailto:");
        if let Some(address) = mail.filter(|address| EMAIL.is_match(*address)) {
            return Some(Target::Mail { address });
        }
        let is_plain = !word.starts_with("www.") && !word.starts_with('@') && !word.contains(':');
        if is_plain && EMAIL.is_match(word) {
            return Some(Target::Mail { address: word });
        }
        let mut schemes = self.extra_schemes.iter().map(String::as_str);
        schemes
            .any(|scheme| word != scheme && word.starts_with(scheme))
            .then_some(Target::Extra)
    }

    /// The text of a link; Python counts a limit below zero from the end.
    fn shown(&self, url: &str) -> String {
        let length = i64::try_from(url.chars().count()).unwrap_or(i64::MAX);
        match self.limit {
            Some(limit) if length > limit => {
                let kept = if limit < 0 {
                    length.saturating_add(limit)
                } else {
                    limit
                };
                let kept = usize::try_from(kept).unwrap_or(0);
                url.chars().take(kept).chain("...".chars()).collect()
            }
            _ => url.to_owned(),
        }
    }
}

/// Where a link goes.
enum Target<'a> {
    Url { prefix: &'static str },
    Mail { address: &'a str },
    Extra,
}

/// Takes brackets before a word and punctuation after it away, but for brackets that close one inside of it.
fn without_punctuation(word: &str) -> (&str, &str, &str) {
    let rest = trimmed(word, |text| {
        ["(", "<", "&lt;"]
            .iter()
            .find_map(|mark| text.strip_prefix(mark))
    });
    let (head, rest) = word.split_at(word.len() - rest.len());
    let marks = [")", ">", ".", ",", "\n", "&gt;"];
    let mut middle = trimmed(rest, |text| {
        marks.iter().find_map(|mark| text.strip_suffix(mark))
    });
    for (start, end) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] {
        let opened = middle.matches(start).count();
        if opened <= middle.matches(end).count() {
            continue;
        }
        let tail = rest.get(middle.len()..).unwrap_or_default();
        // As many as there are opened, whether or not they close one.
        if let Some((place, end)) = tail.match_indices(end).take(opened).last() {
            middle = rest
                .get(..middle.len() + place + end.len())
                .unwrap_or(middle);
        }
    }
    let (middle, tail) = rest.split_at(middle.len());
    (head, middle, tail)
}

/// Takes pieces off a text as long as there are any.
fn trimmed<'a>(text: &'a str, take: impl Fn(&'a str) -> Option<&'a str>) -> &'a str {
    std::iter::successors(Some(text), |text| take(text))
        .last()
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(text: &str) -> String {
        Links::default().put_into(text)
    }

    #[test]
    fn urls_and_addresses_become_links() {
        for (text, expected) in [
            (
                "see https://example.org/a?b=c#d now",
                "see <a href=\"https://example.org/a?b=c#d\">https://example.org/a?b=c#d</a> now",
            ),
            (
                "www.example.org",
                "<a href=\"https://www.example.org\">www.example.org</a>",
            ),
            (
                "example.com,",
                "<a href=\"https://example.com\">example.com</a>,",
            ),
            ("example.dev", "example.dev"),
            (
                "http://127.0.0.1:5000/",
                "<a href=\"http://127.0.0.1:5000/\">http://127.0.0.1:5000/</a>",
            ),
            (
                "http://[::1]/",
                "<a href=\"http://[::1]/\">http://[::1]/</a>",
            ),
            (
                "ada@example.org",
                "<a href=\"mailto:ada@example.org\">ada@example.org</a>",
            ),
            (
                "mailto:ada@example.org.",
                "<a href=\"mailto:ada@example.org\">ada@example.org</a>.",
            ),
            ("@ada@example.org", "@ada@example.org"),
            ("ftp://example.org", "ftp://example.org"),
            ("javascript:alert(1)", "javascript:alert(1)"),
        ] {
            assert_eq!(linked(text), expected);
        }
    }

    #[test]
    fn brackets_stay_where_they_belong() {
        for (word, parts) in [
            ("(http://a.org/b)", ("(", "http://a.org/b", ")")),
            ("http://a.org/b_(c)", ("", "http://a.org/b_(c)", "")),
            ("(http://a.org/b_(c)).", ("(", "http://a.org/b_(c)", ").")),
            ("&lt;http://a.org&gt;,", ("&lt;", "http://a.org", "&gt;,")),
            ("http://a.org/(b.,)x", ("", "http://a.org/(b.,)x", "")),
            (").", ("", "", ").")),
            ("", ("", "", "")),
        ] {
            assert_eq!(without_punctuation(word), parts, "{word}");
        }
    }
}
