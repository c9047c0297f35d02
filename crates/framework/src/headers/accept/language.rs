//! The `Accept-Language` header. Werkzeug: `LanguageAccept`.

use crate::headers::accept::{Accept, Kind, Names, Values, star_specificity};

/// An `Accept-Language` header.
///
/// Where no offer matches as a whole, the first part of the tags decides: a client that accepts `en-GB` is
/// given `en`, and one that accepts `en` is given `en-US`.
///
/// *Werkzeug:* `LanguageAccept`.
///
/// ```
/// use carafe::headers::accept::LanguageAccept;
///
/// let accept = LanguageAccept::from_header(Some("de-AT, en;q=0.5"));
/// assert_eq!(accept.best_match(["en_US", "de"]), Some("de"));
/// ```
pub type LanguageAccept = Accept<Languages>;

/// Language tags, whose parts are equal in any case and separated by `-` or `_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Languages;

impl Kind for Languages {
    fn matches(offered: &str, listed: &str) -> bool {
        let normal = |tag: &str| tag.to_lowercase().replace('_', "-");
        listed == "*" || normal(offered) == normal(listed)
    }

    fn best_match<'a>(accept: &Accept<Self>, offers: &[&'a str]) -> Option<&'a str> {
        if let Some(offer) = accept.best_direct_match(offers) {
            return Some(offer);
        }
        let primary = accept
            .iter()
            .map(|(tag, quality)| (primary_tag(tag).to_owned(), quality));
        let values = Values::sorted(primary.collect(), star_specificity);
        let by_client = Accept::<Names> {
            values,
            kind: Default::default(),
        };
        if let Some(offer) = by_client.best_direct_match(offers) {
            return Some(offer);
        }
        let primary_offers: Vec<_> = offers.iter().map(|offer| primary_tag(offer)).collect();
        let primary = accept.best_direct_match(&primary_offers)?;
        offers
            .iter()
            .find(|offer| offer.starts_with(primary))
            .copied()
    }
}

fn primary_tag(tag: &str) -> &str {
    tag.split(['_', '-']).next().unwrap_or(tag)
}
