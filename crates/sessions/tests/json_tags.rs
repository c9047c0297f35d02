//! The behavior that Flask's `test_json_tag` holds.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use carafe_sessions::{
    Custom, DateTime, Dict, JsonStyle, JsonTag, Markup, SessionError, SessionSerializer,
    TaggedJson, Uuid, Value,
};

/// Marks text values and custom ones of its key.
#[derive(Debug)]
struct Tag {
    key: &'static str,
    takes_text: bool,
}

impl JsonTag for Tag {
    fn key(&self) -> &str {
        self.key
    }

    fn check(&self, value: &Value) -> bool {
        match value {
            Value::Str(_) => self.takes_text,
            Value::Custom(custom) => *custom.tag() == self.key,
            _ => false,
        }
    }

    fn to_json(&self, value: &Value, serializer: &TaggedJson) -> Result<Value, SessionError> {
        match value {
            Value::Custom(custom) => Ok(serializer.tag(custom.value())?.into_owned()),
            other => Ok(other.clone()),
        }
    }

    fn to_value(&self, json: Value) -> Result<Value, SessionError> {
        Ok(Custom::new(self.key, json).into())
    }
}

fn tag(key: &'static str) -> Tag {
    Tag {
        key,
        takes_text: false,
    }
}

fn text_tag(key: &'static str) -> Tag {
    Tag {
        key,
        takes_text: true,
    }
}

fn dumps(serializer: &TaggedJson, value: &Value) -> String {
    serializer.dumps(value, JsonStyle::default()).unwrap()
}

fn dict(key: &str, value: impl Into<Value>) -> Value {
    [(key, value.into())].into_iter().collect::<Dict>().into()
}

#[test]
fn every_value_comes_back_as_it_went() {
    let tuple = Value::Tuple(vec![1.into(), 2.into(), 3.into()]);
    let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
    for value in [
        dict(" t", tuple.clone()),
        dict(" t__", bytes(b"a")),
        dict(" di", " di"),
        dict("x", tuple.clone()),
        tuple.clone(),
        vec![tuple].into(),
        bytes(b"\xff"),
        Markup::new("<html>").into(),
        Value::Uuid(Uuid::from_bytes(*b"sixteen octets!!")),
        DateTime::from_unix(1_776_500_000, 0).unwrap().into(),
    ] {
        let text = dumps(TaggedJson::shared(), &value);
        assert_eq!(TaggedJson::shared().loads(&text).unwrap(), value, "{text}");
    }
}

#[test]
fn a_key_is_taken_once_unless_it_is_forced() {
    assert!(TaggedJson::new().with_tag(tag(" d")).is_err());
    let forced = TaggedJson::new().with_tag_forced(Some(0), text_tag(" d"));
    // What is registered for the key last reads it, and what comes first writes.
    let forced = forced.unwrap();
    let text = dumps(&forced, &"bar".into());
    assert_eq!(text, r#"{" d":"bar"}"#);
    assert_eq!(
        forced.loads(&text).unwrap(),
        Custom::new(" d", "bar".into()).into()
    );
}

#[test]
fn a_tag_of_ones_own_writes_and_reads_its_values() {
    let serializer = TaggedJson::new().with_tag(tag(" f")).unwrap();
    let value = Value::from(Custom::new(" f", Value::Bytes(b"bar".to_vec())));
    let text = dumps(&serializer, &value);
    assert_eq!(text, r#"{" f":{" b":"YmFy"}}"#);
    assert_eq!(serializer.loads(&text).unwrap(), value);
}

#[test]
fn tags_are_asked_in_their_order() {
    let order = |first: usize, second: usize| {
        let serializer = TaggedJson::new().with_tag_at(first, text_tag(" 1"));
        let serializer = serializer.unwrap().with_tag_at(second, text_tag(" 2"));
        dumps(&serializer.unwrap(), &"text".into())
    };
    assert_eq!(order(0, 0), r#"{" 2":"text"}"#);
    assert_eq!(order(0, 1), r#"{" 1":"text"}"#);
    let last = TaggedJson::new().with_tag_at(0, text_tag(" 1")).unwrap();
    let last = last.with_tag(text_tag(" 2")).unwrap();
    assert_eq!(dumps(&last, &"text".into()), r#"{" 1":"text"}"#);
}
