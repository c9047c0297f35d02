//! Host names beyond ASCII, by the rules of 2003 that Python follows. Python: the `idna` codec.

#[cfg(feature = "idna")]
use idna::punycode;
use unicode_normalization::UnicodeNormalization;

use crate::uri::InvalidUri;

/// Without the feature a label outside ASCII is one that cannot be encoded.
#[cfg(not(feature = "idna"))]
mod punycode {
    pub(super) fn encode_str(_label: &str) -> Option<String> {
        None
    }

    pub(super) fn decode_to_string(_digits: &str) -> Option<String> {
        None
    }
}

/// The longest label that the domain name system has room for.
const MAX_LABEL: usize = 63;

/// Turns a host name into ASCII, label by label. ASCII names stay as they are.
pub(crate) fn encode(host: &str) -> Result<String, InvalidUri> {
    let separators: &[char] = if host.is_ascii() {
        &['.']
    } else {
        &['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']
    };
    let labels: Vec<&str> = host.split(separators).collect();
    let mut encoded = String::with_capacity(host.len());
    for (index, label) in labels.iter().enumerate() {
        if index > 0 {
            encoded.push('.');
        }
        let is_last = index + 1 == labels.len();
        if !(is_last && label.is_empty()) {
            encoded.push_str(&encode_label(label)?);
        }
    }
    Ok(encoded)
}

fn encode_label(label: &str) -> Result<String, InvalidUri> {
    let mut encoded = if label.is_ascii() {
        label.to_owned()
    } else {
        normal_form(label)
    };
    if !encoded.is_ascii() {
        let digits = punycode::encode_str(&encoded)
            .filter(|_| !encoded.starts_with("xn--"))
            .ok_or(InvalidUri::new("a label of the host cannot be encoded"))?;
        encoded = format!("xn--{digits}");
    }
    if encoded.is_empty() || encoded.len() > MAX_LABEL {
        return Err(InvalidUri::new("a label of the host is empty or too long"));
    }
    Ok(encoded)
}

/// Folds case and compatible characters together, which is what `nameprep` mostly does.
fn normal_form(label: &str) -> String {
    let is_ignored = |character: &char| {
        matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{1806}' | '\u{200b}'..='\u{200d}' | '\u{2060}'
        ) || matches!(character, '\u{180b}'..='\u{180d}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
    };
    let fold = |character: char| match character {
        'ß' | 'ẞ' => vec!['s', 's'],
        'ς' => vec!['σ'],
        other => other.to_lowercase().collect(),
    };
    let kept = label.chars().filter(|character| !is_ignored(character));
    kept.nfkc().flat_map(fold).nfkc().collect()
}

/// Turns a host name into what people read.
pub(crate) fn decode(host: &str) -> Result<String, InvalidUri> {
    if !host.is_ascii() || !host.contains("xn--") {
        return Ok(host.to_owned());
    }
    let labels: Result<Vec<_>, _> = host.split('.').map(decode_label).collect();
    Ok(labels?.join("."))
}

fn decode_label(label: &str) -> Result<String, InvalidUri> {
    let Some(digits) = label.strip_prefix("xn--") else {
        return Ok(label.to_owned());
    };
    let decoded = punycode::decode_to_string(digits);
    let is_proper = |decoded: &String| {
        encode_label(decoded).is_ok_and(|again| again.eq_ignore_ascii_case(label))
    };
    decoded
        .filter(is_proper)
        .ok_or(InvalidUri::new("a label of the host is no proper encoding"))
}
