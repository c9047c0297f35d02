//! What is never shown: keys, cookies, credentials, and what fields of telling names hold.

use std::borrow::Cow;

use http::header::{AUTHORIZATION, COOKIE, HeaderName, PROXY_AUTHORIZATION};

use crate::config::{Config, MASK, is_secret};
use crate::debug::facts::Values;
use crate::headers::authorization::Authorization;
use crate::headers::latin1;
use crate::request::Request;
use crate::uri::quote::quote;

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
            mask.add_key(&String::from_utf8_lossy(key));
        }
        for (name, value) in config.iter() {
            if let Some(text) = value.as_str().filter(|_| is_secret(name)) {
                mask.add(text);
            }
        }
        if let Some(request) = request {
            mask.add_request(request);
        }
        mask
    }

    /// Adds the values whose names say that they are secret.
    pub(super) fn add_values(&mut self, values: &Values) {
        let secrets = values.iter().filter(|(name, _)| is_secret(name));
        for text in secrets.filter_map(|(_, value)| value.as_ref()?.as_str()) {
            self.add(text);
        }
    }

    fn add_key(&mut self, key: &str) {
        match key.len() {
            0 => {}
            1..SHORTEST => self.words.push(key.to_owned()),
            _ => self.add(key),
        }
    }

    fn add(&mut self, secret: &str) {
        if secret.len() >= SHORTEST {
            self.insert(secret);
            // Messages quote what they name: a quote or a backslash in it is escaped there.
            let quoted = format!("{secret:?}");
            let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
            if inner != secret {
                self.insert(inner);
            }
        }
    }

    /// Keeps the longest first: a secret that holds another one is masked whole.
    fn insert(&mut self, secret: &str) {
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
            self.add(value);
            // The URL holds it as it was sent.
            self.add(&quote(value.as_bytes(), b""));
        }
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
}
