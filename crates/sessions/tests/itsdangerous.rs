//! The behavior that ItsDangerous' own tests hold.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::{Duration, SystemTime};

use carafe_sessions::signing::{
    Digest, KeyDerivation, Serializer, SignErrorKind, Signer, SignerBuilder, TimedSerializer,
    TimestampSigner,
};

/// The moment that the upstream tests stop the clock at.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_308_874_145)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

mod signer {
    use super::*;

    fn signer() -> Signer {
        Signer::new("secret-key")
    }

    #[test]
    fn what_is_signed_is_unsigned() {
        let signed = signer().sign("my string");
        assert!(signer().validate(&signed));
        assert_eq!(signer().unsign(&signed).unwrap(), "my string");
        let bytes = signer().sign_bytes([0xff, b'.', 0]);
        assert_eq!(signer().unsign_bytes(&bytes).unwrap(), [0xff, b'.', 0]);
    }

    #[test]
    fn text_is_signed_as_its_bytes_are() {
        let text = signer().sign("mañana");
        assert_eq!(text.as_bytes(), signer().sign_bytes("mañana".as_bytes()));
        assert_eq!(signer().unsign(&text).unwrap(), "mañana");
        assert_eq!(Signer::new(b"secret-key".as_slice()).sign("mañana"), text);
    }

    #[test]
    fn without_the_separator_nothing_is_signed() {
        let signed = signer().sign("my string").replacen('.', "*", 1);
        assert!(!signer().validate(&signed));
        let refused = signer().unsign(&signed).unwrap_err();
        assert_eq!(refused.kind(), SignErrorKind::BadSignature);
    }

    #[test]
    fn a_broken_signature_tells_what_it_was_claimed_for() {
        let mut signed = signer().sign("b");
        signed.pop();
        let (_, signature) = signed.rsplit_once('.').unwrap();
        assert!(!signer().verify("b", signature));
        let refused = signer().unsign(&signed).unwrap_err();
        assert_eq!(refused.payload(), Some(b"b".as_slice()));
    }

    #[test]
    fn a_signature_is_of_one_value() {
        let signed = signer().sign("my string").replacen("my", "other", 1);
        assert!(!signer().validate(&signed));
        assert!(signer().unsign(&signed).unwrap_err().is_bad_signature());
    }

    #[test]
    fn a_separator_that_signatures_contain_is_refused() {
        for separator in ["-", "a", "_", "=", ""] {
            let refused = SignerBuilder::new("secret-key")
                .separator(separator)
                .signer();
            let refused = refused.unwrap_err();
            assert_eq!(refused.kind(), SignErrorKind::BadSeparator);
            assert!(refused.to_string().contains("separator"));
        }
        let signer = SignerBuilder::new("secret-key").separator("|").signer();
        let signer = signer.unwrap();
        assert_eq!(signer.unsign(&signer.sign("value")).unwrap(), "value");
    }

    #[test]
    fn every_derivation_of_the_key_signs_in_its_own_way() {
        let signed = [
            KeyDerivation::Concat,
            KeyDerivation::DjangoConcat,
            KeyDerivation::Hmac,
            KeyDerivation::None,
        ]
        .map(|derivation| {
            let signer = SignerBuilder::new("secret-key").key_derivation(derivation);
            let signer = signer.signer().unwrap();
            assert_eq!(signer.unsign(&signer.sign("value")).unwrap(), "value");
            signer.sign("value")
        });
        let distinct: std::collections::BTreeSet<_> = signed.iter().collect();
        assert_eq!(distinct.len(), 4);
        assert_eq!(signed[1], signer().sign("value"));
    }

    #[test]
    fn every_hash_signs_in_its_own_way() {
        let lengths = [Digest::Sha1, Digest::Sha256, Digest::Sha512].map(|digest| {
            let signer = SignerBuilder::new("secret-key").digest(digest);
            let signer = signer.signer().unwrap();
            assert_eq!(signer.unsign(&signer.sign("value")).unwrap(), "value");
            signer.signature("value").len()
        });
        assert_eq!(lengths, [27, 43, 86]);
    }

    #[test]
    fn older_keys_verify_and_the_newest_signs() {
        let older = Signer::new("a").sign("my string");
        let both = SignerBuilder::new("b").older_keys(["a"]).signer().unwrap();
        assert!(both.validate(&older));
        assert_eq!(both.unsign(&older).unwrap(), "my string");
        assert_eq!(both.sign("my string"), Signer::new("b").sign("my string"));
        assert!(!Signer::new("b").validate(&older));
    }
}

mod timestamp_signer {
    use super::*;

    fn signer() -> TimestampSigner {
        TimestampSigner::new("secret-key")
    }

    #[test]
    fn a_signature_expires() {
        let signed = signer().sign_bytes_at("value", now());
        let unsign = |age, after| {
            let now = now() + seconds(after);
            let unsigned = signer().unsign_bytes_at(&signed, Some(seconds(age)), now);
            unsigned.map(|timed| timed.value.to_vec())
        };
        assert_eq!(unsign(10, 1).unwrap(), b"value");
        assert_eq!(unsign(10, 10).unwrap(), b"value");
        let expired = unsign(10, 11).unwrap_err();
        assert_eq!(expired.kind(), SignErrorKind::SignatureExpired);
        assert_eq!(expired.date_signed(), Some(now()));
    }

    #[test]
    fn a_signature_tells_when_it_was_made() {
        let signed = signer().sign_bytes_at("value", now());
        let timed = signer().unsign_bytes_at(&signed, None, now()).unwrap();
        assert_eq!((timed.value, timed.signed_at), (b"value".as_slice(), now()));
    }

    #[test]
    fn a_timestamp_has_as_many_bytes_as_it_needs() {
        for (seconds, text) in [
            (0, "value.."),
            (192, "value.wA."),
            (1 << 32, "value.AQAAAAA."),
        ] {
            let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            let signed = signer().sign_bytes_at("value", moment);
            assert!(signed.starts_with(text.as_bytes()));
            let timed = signer().unsign_bytes_at(&signed, None, moment).unwrap();
            assert_eq!(timed.signed_at, moment);
        }
    }

    fn refused(signed: &str) -> carafe_sessions::signing::SignError {
        let unsigned = signer().unsign_bytes_at(signed.as_bytes(), None, now());
        unsigned.unwrap_err()
    }

    #[test]
    fn a_timestamp_that_is_missing_or_malformed_is_refused() {
        let plain = Signer::new("secret-key");
        for signed in [
            plain.sign("value"),
            plain.sign("value.____________"),
            // Signed rightly, for a moment after the year 9999.
            plain.sign("value.TgPVoaGhoQ"),
        ] {
            let refused = refused(&signed);
            assert_eq!(refused.kind(), SignErrorKind::BadTimeSignature, "{signed}");
            assert_eq!(refused.date_signed(), None);
        }
    }

    #[test]
    fn a_signature_from_the_future_is_expired() {
        let signed = signer().sign_bytes_at("value", now());
        let earlier = SystemTime::UNIX_EPOCH + seconds(44_496_000);
        let unsigned = signer().unsign_bytes_at(&signed, Some(seconds(10)), earlier);
        let refused = unsigned.unwrap_err();
        assert_eq!(refused.kind(), SignErrorKind::SignatureExpired);
        assert_eq!(refused.date_signed(), Some(now()));
    }

    #[test]
    fn a_changed_value_still_tells_when_it_was_signed() {
        let signed = signer().sign_bytes_at("my string", now());
        let signed = String::from_utf8(signed).unwrap();
        let refused = refused(&signed.replacen("my", "other", 1));
        assert_eq!(refused.kind(), SignErrorKind::BadTimeSignature);
        assert_eq!(refused.date_signed(), Some(now()));
    }
}

mod serializer {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    type Map = BTreeMap<String, i64>;

    fn builder() -> SignerBuilder {
        SignerBuilder::new("secret_key")
    }

    fn serializer() -> Serializer {
        builder().serializer().unwrap()
    }

    fn value() -> Map {
        Map::from([("id".to_owned(), 42)])
    }

    #[test]
    fn what_is_written_is_read() {
        for value in [
            json!(null),
            json!(true),
            json!("str"),
            json!([1, 2, 3]),
            json!({"id": 42}),
        ] {
            let token = serializer().dumps(&value).unwrap();
            let read: serde_json::Value = serializer().loads(&token).unwrap();
            assert_eq!(read, value);
        }
    }

    #[test]
    fn no_change_of_a_token_goes_unseen() {
        let token = serializer().dumps(&value()).unwrap();
        assert_eq!(serializer().loads::<Map>(&token).unwrap(), value());
        for changed in [
            token.to_uppercase(),
            format!("{token}a"),
            format!("a{}", &token[1..]),
            token.replace('.', ""),
        ] {
            let refused = serializer().loads::<Map>(&changed).unwrap_err();
            assert!(refused.is_bad_signature(), "{changed}");
        }
    }

    #[test]
    fn a_bad_signature_tells_what_it_was_claimed_for() {
        let mut token = serializer().dumps(&value()).unwrap();
        token.pop();
        let refused = serializer().loads::<Map>(&token).unwrap_err();
        let payload = refused.payload().unwrap();
        assert_eq!(serde_json::from_slice::<Map>(payload).unwrap(), value());
    }

    #[test]
    fn a_rightly_signed_payload_that_cannot_be_read_says_why() {
        let token = serializer().dumps(&value()).unwrap();
        let (payload, _) = token.rsplit_once('.').unwrap();
        let signer = builder().salt("itsdangerous").signer().unwrap();
        let bad = signer.sign(&payload[..payload.len() - 1]);
        let refused = serializer().loads::<Map>(&bad).unwrap_err();
        assert_eq!(refused.kind(), SignErrorKind::BadPayload);
        assert!(std::error::Error::source(&refused).is_some());
    }

    #[test]
    fn a_token_can_be_looked_into_without_trusting_it() {
        let token = serializer().dumps(&value()).unwrap();
        let look = |token: &str| serializer().loads_unsafe::<Map>(token);
        assert_eq!(look(&token).unwrap(), (true, Some(value())));
        let bad = &token[..token.len() - 1];
        assert_eq!(look(bad).unwrap(), (false, Some(value())));
        let (payload, _) = token.rsplit_once('.').unwrap();
        let signer = builder().salt("itsdangerous").signer().unwrap();
        let mut unreadable = signer.sign(&payload[..payload.len() - 1]);
        unreadable.pop();
        assert_eq!(look(&unreadable).unwrap(), (false, None));
        assert_eq!(look("nothing").unwrap(), (false, None));
    }

    #[test]
    fn another_salt_is_another_purpose() {
        let other = builder().salt("other").serializer().unwrap();
        let token = other.dumps(&value()).unwrap();
        assert!(
            serializer()
                .loads::<Map>(&token)
                .unwrap_err()
                .is_bad_signature()
        );
        assert_eq!(other.loads::<Map>(&token).unwrap(), value());
    }

    #[test]
    fn the_signer_below_may_be_of_any_settings() {
        let hmac = builder().key_derivation(KeyDerivation::Hmac);
        let other = hmac.serializer().unwrap();
        let token = other.dumps(&value()).unwrap();
        assert_eq!(other.loads::<Map>(&token).unwrap(), value());
        assert_ne!(token, serializer().dumps(&value()).unwrap());
        let signer = hmac.salt("itsdangerous").signer().unwrap();
        let over_signer = Serializer::from_signer(signer);
        assert_eq!(over_signer.dumps(&value()).unwrap(), token);
    }

    #[test]
    fn tokens_of_older_settings_are_read_and_those_of_the_first_are_written() {
        let sha256 = builder().digest(Digest::Sha256);
        let token = sha256.serializer().unwrap().dumps(&value()).unwrap();
        let keys = builder().older_keys(["older key"]);
        let both = keys.fallback(Digest::Sha256, KeyDerivation::default());
        let both = both.serializer().unwrap();
        assert_eq!(both.loads::<Map>(&token).unwrap(), value());
        let own = both.dumps(&value()).unwrap();
        assert_eq!(own, serializer().dumps(&value()).unwrap());
        let older = SignerBuilder::new("older key").digest(Digest::Sha256);
        let token = older.serializer().unwrap().dumps(&value()).unwrap();
        assert_eq!(both.loads::<Map>(&token).unwrap(), value());
        let sha512 = builder().digest(Digest::Sha512).serializer().unwrap();
        assert!(both.loads::<Map>(&sha512.dumps(&1).unwrap()).is_err());
    }

    #[test]
    fn a_token_may_be_kept_in_a_file() {
        let path = std::env::temp_dir().join(format!("carafe-token-{}", std::process::id()));
        std::fs::write(&path, serializer().dumps(&value()).unwrap()).unwrap();
        let token = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(serializer().loads::<Map>(&token).unwrap(), value());
        assert_eq!(
            serializer().loads_unsafe::<Map>(&token).unwrap(),
            (true, Some(value()))
        );
    }

    #[test]
    fn tokens_are_those_of_python() {
        let token = |digest| {
            let builder = SignerBuilder::new("dev key")
                .salt("dev salt")
                .digest(digest);
            builder.serializer().unwrap().dumps(&[42]).unwrap()
        };
        assert_eq!(token(Digest::Sha1), "[42].-9cNi0CxsSB3hZPNCe9a2eEs1ZM");
        assert_eq!(
            token(Digest::Sha512),
            "[42].MKCz_0nXQqv7wKpfHZcRtJRmpT2T5uvs9YQsJEhJimqxc\
             9bCLxG31QzS5uC8OVBI1i6jyOLAFNoKaF5ckO9L5Q"
        );
    }

    #[test]
    fn a_timed_token_expires_and_tells_when_it_was_made() {
        let serializer = TimedSerializer::new("secret_key", "itsdangerous");
        let token = serializer.dumps_at(&value(), now()).unwrap();
        let age = Some(seconds(10));
        let loads = |after| serializer.loads_at::<Map>(&token, age, now() + seconds(after));
        let read = loads(1).unwrap();
        assert_eq!((read.value, read.signed_at), (value(), now()));
        let expired = loads(11).unwrap_err();
        assert_eq!(expired.kind(), SignErrorKind::SignatureExpired);
        assert_eq!(expired.date_signed(), Some(now()));
        let payload = expired.payload().unwrap();
        assert_eq!(serde_json::from_slice::<Map>(payload).unwrap(), value());
    }
}
