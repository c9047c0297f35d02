//! What is never shown: keys, cookies, credentials, and what fields of telling names hold.

use std::borrow::Cow;

use carafe_sessions::Value;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, PROXY_AUTHORIZATION};

use crate::config::{Config, MASK, is_secret, passwords};
use crate::debug::facts::Values;
use crate::headers::authorization::Authorization;
use crate::headers::latin1;
use crate::request::Request;
use crate::uri::quote::{quote, unquote};

/// Shorter values of clients are common words and numbers, which would be masked all over the page.
const SHORTEST: usize = 6;

/// The secrets of an app and of a request.
pub(super) struct Mask {
    secrets: Vec<String>,
    /// Secrets that are as short as a word: they are masked where they stand alone.
    words: Vec<String>,
}

impl Mask {
    /// Gathers the secrets that an app and a request have.
    pub(super) fn of(config: &Config, request: Option<&Request>) -> Self {
        let mut mask = Self {
            secrets: Vec::new(),
            words: Vec::new(),
        };
        let keys = config.secret_key.iter().map(|key| key.as_bytes());
        let fallbacks = config.secret_key_fallbacks.as_slice().iter();
        for key in keys.chain(fallbacks.map(Vec::as_slice)) {
            mask.add_key(key);
        }
        for (name, value) in config.iter() {
            mask.add_value(name, &value);
        }
        if let Some(request) = request {
            mask.add_request(request);
        }
        mask
    }

    /// Adds what is secret in named values.
    pub(super) fn add_values(&mut self, values: &Values) {
        for (name, value) in values {
            if let Some(value) = value {
                self.add_value(name, value);
            }
        }
    }

    /// Adds a value whose name says that it is secret, and the passwords in any other.
    fn add_value(&mut self, name: &str, value: &Value) {
        match value {
            Value::Str(text) => {
                let text = text.to_string_lossy();
                if is_secret(name) {
                    self.add(&text);
                }
                for password in passwords(&text) {
                    self.add(password);
                    self.add(&unquote(password.as_bytes()));
                }
            }
            Value::Bytes(bytes) if is_secret(name) => self.add_key(bytes),
            Value::List(items) | Value::Tuple(items) => {
                items.iter().for_each(|item| self.add_value(name, item));
            }
            Value::Dict(entries) => {
                for (key, value) in entries.iter() {
                    let key = key.to_string_lossy();
                    let is_within = is_secret(name);
                    self.add_value(if is_within { name } else { &key }, value);
                }
            }
            _ => {}
        }
    }

    /// Adds a key of any bytes, also as source and messages spell those that are no text.
    fn add_key(&mut self, key: &[u8]) {
        let text = String::from_utf8_lossy(key);
        match text.len() {
            0 => {}
            1..SHORTEST => self.words.push(text.into_owned()),
            _ => self.add(&text),
        }
        let escaped = key.escape_ascii().to_string();
        let in_upper_case = |byte: &u8| match byte.is_ascii() && !byte.is_ascii_control() {
            true => byte.escape_ascii().to_string(),
            false if b"\t\r\n".contains(byte) => byte.escape_ascii().to_string(),
            false => format!("\\x{byte:02X}"),
        };
        let upper: String = key.iter().map(in_upper_case).collect();
        let numbers = format!("{key:?}");
        self.add_form(numbers.trim_matches(['[', ']']));
        for form in [escaped, upper] {
            self.add_form(&form.replace("\\x00", "\\0"));
            self.add_form(&form);
        }
    }

    fn add(&mut self, secret: &str) {
        if secret.len() >= SHORTEST {
            self.insert(secret);
            // Messages quote what they name: a quote or a backslash in it is escaped there.
            let quoted = format!("{secret:?}");
            self.add_form(quoted.get(1..quoted.len() - 1).unwrap_or_default());
            self.add_form(&secret.escape_default().to_string());
        }
    }

    /// Adds a secret as it is spelled within quotes, where a single one may also stand as it is.
    fn add_form(&mut self, escaped: &str) {
        if escaped.len() >= SHORTEST {
            self.insert(escaped);
            self.insert(&escaped.replace("\\'", "'"));
        }
    }

    /// Keeps the longest first: a secret that holds another one is masked whole.
    fn insert(&mut self, secret: &str) {
        if self.secrets.iter().any(|known| known == secret) {
            return;
        }
        let place = self
            .secrets
            .partition_point(|known| known.len() > secret.len());
        self.secrets.insert(place, secret.to_owned());
    }

    fn add_request(&mut self, request: &Request) {
        let headers = request.headers();
        for (name, value) in headers.iter().filter(|(name, _)| hides(name)) {
            let value = latin1::decode(value.as_bytes());
            self.add(&value);
            if let Some((_, credentials)) = value.split_once(' ')
                && *name != COOKIE
            {
                self.add(credentials);
                let password = Authorization::from_header(&value);
                self.add(
                    password
                        .as_ref()
                        .and_then(Authorization::password)
                        .unwrap_or_default(),
                );
            }
        }
        for value in request.cookies().items_multi().map(|(_, value)| value) {
            self.add(value);
        }
        let form = request.form_if_read();
        let fields = request
            .args()
            .items_multi()
            .chain(form.iter().flat_map(|form| form.items_multi()));
        let secrets = fields.filter(|(name, _)| is_secret(name));
        for value in secrets.map(|(_, value)| value) {
            self.add_sent(value);
        }
        for (name, value) in request.view_args().iter() {
            if is_secret(name) {
                self.add_sent(&value.to_string());
            }
        }
    }

    /// Adds a value that the URL holds as it was sent.
    fn add_sent(&mut self, value: &str) {
        self.add(value);
        self.add(&quote(value.as_bytes(), b""));
    }

    /// The text without the secrets in it.
    pub(super) fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut shown = Cow::Borrowed(text);
        for secret in &self.secrets {
            if shown.contains(secret.as_str()) {
                shown = Cow::Owned(shown.replace(secret.as_str(), MASK));
            }
        }
        for word in &self.words {
            if shown.contains(word.as_str()) {
                shown = Cow::Owned(without_word(&shown, word));
            }
        }
        shown
    }
}

/// Masks a word where no letter or digit touches it.
fn without_word(text: &str, word: &str) -> String {
    let touches = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(word) {
        shown.push_str(before);
        let alone = !touches(shown.chars().next_back()) && !touches(after.chars().next());
        shown.push_str(if alone { MASK } else { word });
        rest = after;
    }
    shown + rest
}

/// Whether the values of a header are not shown.
pub(super) fn hides(name: &HeaderName) -> bool {
    [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name)
        || is_secret(&name.as_str().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_inside_of_words_and_short_keys_only_as_words() {
        let mut config = Config::new(".");
        config
            .secret_key("dev")
            .secret_key_fallbacks(["the former key", "with \"quotes\""]);
        let mask = Mask::of(&config, None);
        assert_eq!(
            mask.hide("key=dev, device /dev"),
            format!("key={MASK}, device /{MASK}")
        );
        assert_eq!(mask.hide("xthe former keyx"), format!("x{MASK}x"));
        assert_eq!(
            mask.hide("Key(\"with \\\"quotes\\\"\")"),
            format!("Key(\"{MASK}\")")
        );
        assert_eq!(mask.hide("nothing"), "nothing");
    }

    #[test]
    fn keys_are_masked_as_source_and_messages_spell_them() {
        let key = b"_5#y2L\"F4Q8z\n\xec]/'\0";
        let mut config = Config::new(".");
        config.secret_key(key);
        let mask = Mask::of(&config, None);
        for text in [
            r#"_5#y2L\"F4Q8z\n\xec]/'\0"#,
            r#"_5#y2L\"F4Q8z\n\xec]/\'\x00"#,
            r#"_5#y2L\"F4Q8z\n\xEC]/'\x00"#,
            &format!("{key:?}").replace(['[', ']'], ""),
            &key.escape_ascii().to_string(),
            &String::from_utf8_lossy(key),
        ] {
            assert_eq!(mask.hide(&format!("({text})")), format!("({MASK})"));
        }
    }

    #[test]
    fn secrets_are_masked_wherever_the_configuration_holds_them() {
        let mut config = Config::new(".");
        let settings = serde_json::json!({
            "MAIL": {"password": "of the mail", "servers": [{"pwd": "of a server"}]},
            "CREDENTIALS": {"user": ["of the user"]},
            "DATABASES": ["pg://me:of%40the-db@db/app"],
            "DB_PASS": "schl\u{fc}ssel",
            "PLACE": "of the place",
        });
        for (key, value) in settings.as_object().into_iter().flatten() {
            assert!(config.set(key.as_str(), value).is_ok());
        }
        let mask = Mask::of(&config, None);
        for secret in [
            "of the mail",
            "of a server",
            "of the user",
            "of%40the-db",
            "of@the-db",
            "schl\u{fc}ssel",
            "schl\\u{fc}ssel",
        ] {
            assert_eq!(mask.hide(&format!("({secret})")), format!("({MASK})"));
        }
        assert_eq!(mask.hide("of the place"), "of the place");
    }
}
