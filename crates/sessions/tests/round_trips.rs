//! What goes into a session comes out of it, whatever it is.

#![allow(clippy::unwrap_used, reason = "a test may stop at what is missing")]

use std::time::{Duration, UNIX_EPOCH};

use carafe_sessions::signing::{
    Digest, KeyDerivation, Signer, SignerBuilder, TimestampSigner, UrlSafeSerializer,
};
use carafe_sessions::{
    BigInt, DateTime, Dict, JsonStyle, Markup, SessionSerializer, TaggedJson, Text, Uuid, Value,
    from_value, to_value,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        4 => any::<String>().prop_map(Text::from),
        1 => Just(Text::from(" t")),
        1 => Just(Text::from(" di")),
        // Lone surrogates among them.
        1 => vec(any::<u16>(), 0..6).prop_map(|units| Text::from_utf16(&units)),
    ]
}

/// Values that survive a cookie: no NaN, which equals nothing, and whole seconds.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        "-?[1-9][0-9]{19,60}".prop_map(|digits| Value::BigInt(digits.parse::<BigInt>().unwrap())),
        any::<f64>()
            .prop_filter("a number", |number| !number.is_nan())
            .prop_map(Value::Float),
        text().prop_map(Value::Str),
        vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        text().prop_map(|text| Value::Markup(Markup::new(text))),
        any::<u128>().prop_map(|number| Value::Uuid(Uuid::from_u128(number))),
        // The year has four digits from 1000 on; the two of a year before 100 are guessed at.
        (-30_610_224_000_i64..253_402_300_800)
            .prop_map(|seconds| Value::DateTime(DateTime::from_unix(seconds, 0).unwrap())),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::List),
            vec(inner.clone(), 0..6).prop_map(Value::Tuple),
            vec((text(), inner), 0..6)
                .prop_map(|entries| Value::Dict(entries.into_iter().collect::<Dict>())),
        ]
    })
}

proptest! {
    #[test]
    fn tagged_json_gives_back_what_it_was_given(value in value(), sort_keys: bool) {
        let serializer = TaggedJson::shared();
        let style = JsonStyle { sort_keys, ensure_ascii: true };
        let text = serializer.dumps(&value, style).unwrap();
        prop_assert!(text.is_ascii());
        prop_assert_eq!(serializer.loads(&text).unwrap(), value);
    }

    #[test]
    fn any_text_is_read_or_refused(text: String) {
        let _ = TaggedJson::shared().loads(&text);
    }

    #[test]
    fn serde_loses_nothing_of_a_value(value in value()) {
        prop_assert_eq!(&to_value(&value).unwrap(), &value);
        prop_assert_eq!(&from_value::<Value>(&value).unwrap(), &value);
    }

    #[test]
    fn what_is_signed_is_unsigned(
        (key, salt, value) in (vec(any::<u8>(), 0..200), vec(any::<u8>(), 0..80), vec(any::<u8>(), 0..200)),
        digest in prop_oneof![Just(Digest::Sha1), Just(Digest::Sha256), Just(Digest::Sha512)],
        derivation in prop_oneof![
            Just(KeyDerivation::Hmac),
            Just(KeyDerivation::Concat),
            Just(KeyDerivation::DjangoConcat),
            Just(KeyDerivation::None),
        ],
        seconds in 0_u64..253_402_300_800,
    ) {
        let builder = SignerBuilder::new(&key).salt(&salt).digest(digest).key_derivation(derivation);
        let signer = builder.signer().unwrap();
        let signed = signer.sign_bytes(&value);
        prop_assert_eq!(signer.unsign_bytes(&signed).unwrap(), &value[..]);
        let now = UNIX_EPOCH + Duration::from_secs(seconds);
        let signer = TimestampSigner::from_signer(signer);
        let signed = signer.sign_bytes_at(&value, now);
        let timed = signer.unsign_bytes_at(&signed, Some(Duration::ZERO), now).unwrap();
        prop_assert_eq!((timed.value, timed.signed_at), (&value[..], now));
    }

    #[test]
    fn a_signature_holds_for_its_value_alone(one: Vec<u8>, other: Vec<u8>) {
        let signer = Signer::new("secret key");
        prop_assert_eq!(signer.verify(&other, signer.signature(&one)), one == other);
    }

    #[test]
    fn any_token_is_read_or_refused(token: String) {
        let links = UrlSafeSerializer::new("secret key", "links");
        prop_assert!(links.loads::<Value>(&token).is_err());
    }
}

#[test]
fn types_of_rust_go_in_and_out() {
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    enum Theme {
        Dark,
        Custom { hue: u16 },
    }
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Profile {
        name: String,
        theme: Theme,
        other: Option<Theme>,
        visits: u64,
        born: DateTime,
    }
    let profile = Profile {
        name: "Ada".to_owned(),
        theme: Theme::Custom { hue: 7 },
        other: Some(Theme::Dark),
        visits: u64::MAX,
        born: DateTime::from_unix(-4_873_478_400, 0).unwrap(),
    };
    let value = to_value(&profile).unwrap();
    let born = value.as_dict().and_then(|dict| dict.get("born"));
    assert!(matches!(born, Some(Value::DateTime(_))));
    let serializer = TaggedJson::shared();
    let text = serializer.dumps(&value, JsonStyle::default()).unwrap();
    let read = serializer.loads(&text).unwrap();
    assert_eq!(from_value::<Profile>(&read).unwrap(), profile);
}
