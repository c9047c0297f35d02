//! Flask's tagged JSON. Flask: `TaggedJSONSerializer`.

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::{SessionError, SessionErrorKind};
use crate::json::python::{Format, dumps_provider, unserializable};
use crate::json::reader::loads_with;
use crate::json::tag::JsonTag;
use crate::json::untag::untag_builtin;
use crate::json::{JsonStyle, MAX_DEPTH, SessionSerializer};
use crate::signing::encode_standard;
use crate::value::{Dict, Text, Value};

/// Flask's tagged JSON: compact JSON in which a dictionary of one marked key is a Python type.
///
/// *Flask:* `TaggedJSONSerializer`, with its tags in its order. Tags of your own go before or
/// after them.
///
/// ```
/// use carafe_sessions::{JsonStyle, SessionSerializer, TaggedJson, Value};
///
/// let tuple = Value::Tuple(vec![1.into(), Value::Bytes(b"x".to_vec())]);
/// let text = TaggedJson::shared().dumps(&tuple, JsonStyle::default())?;
/// assert_eq!(text, r#"{" t":[1,{" b":"eA=="}]}"#);
/// assert_eq!(TaggedJson::shared().loads(&text)?, tuple);
/// # Ok::<(), carafe_sessions::SessionError>(())
/// ```
#[derive(Debug, Clone)]
pub struct TaggedJson {
    order: Vec<Tag>,
}

#[derive(Debug, Clone)]
enum Tag {
    Builtin(Builtin),
    User(Arc<dyn JsonTag>),
}

/// Flask's own tags; the two without a key keep plain dictionaries and lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Builtin {
    TagDict,
    PassDict,
    Tuple,
    PassList,
    Bytes,
    Markup,
    Uuid,
    DateTime,
}

const BUILTIN: [Builtin; 8] = [
    Builtin::TagDict,
    Builtin::PassDict,
    Builtin::Tuple,
    Builtin::PassList,
    Builtin::Bytes,
    Builtin::Markup,
    Builtin::Uuid,
    Builtin::DateTime,
];

impl Builtin {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::TagDict => " di",
            Self::PassDict | Self::PassList => "",
            Self::Tuple => " t",
            Self::Bytes => " b",
            Self::Markup => " m",
            Self::Uuid => " u",
            Self::DateTime => " d",
        }
    }

    fn of_key(key: &Text) -> Option<Self> {
        // All built-in keys start with a space; nearly no other key does.
        key.as_wtf8().first().filter(|byte| **byte == b' ')?;
        BUILTIN.into_iter().find(|tag| *key == *tag.key())
    }
}

static SHARED: TaggedJson = TaggedJson { order: Vec::new() };

impl TaggedJson {
    /// Makes a serializer with Flask's tags.
    pub const fn new() -> Self {
        // An empty order stands for Flask's own.
        Self { order: Vec::new() }
    }

    /// Returns the serializer that every app shares, with Flask's tags.
    pub fn shared() -> &'static Self {
        &SHARED
    }

    /// Adds a tag after the others. *Flask:* `register(tag)`.
    ///
    /// # Errors
    ///
    /// A tag of that key is registered.
    pub fn with_tag(self, tag: impl JsonTag + 'static) -> Result<Self, SessionError> {
        self.register(Arc::new(tag), None, false)
    }

    /// Adds a tag at a place in the order: 0 asks it first. *Flask:* `register(tag, index=n)`.
    ///
    /// # Errors
    ///
    /// A tag of that key is registered.
    pub fn with_tag_at(
        self,
        index: usize,
        tag: impl JsonTag + 'static,
    ) -> Result<Self, SessionError> {
        self.register(Arc::new(tag), Some(index), false)
    }

    /// Adds a tag even if one of its key is registered. *Flask:* `register(tag, force=True)`.
    ///
    /// # Errors
    ///
    /// None; the form is that of the other two.
    pub fn with_tag_forced(
        self,
        index: Option<usize>,
        tag: impl JsonTag + 'static,
    ) -> Result<Self, SessionError> {
        self.register(Arc::new(tag), index, true)
    }

    fn register(
        mut self,
        tag: Arc<dyn JsonTag>,
        index: Option<usize>,
        force: bool,
    ) -> Result<Self, SessionError> {
        if self.order.is_empty() {
            self.order = BUILTIN.map(Tag::Builtin).to_vec();
        }
        let key = Text::from(tag.key());
        if !force && !key.is_empty() && self.is_registered(&key) {
            return Err(SessionError::new(
                SessionErrorKind::Value,
                format!("the tag {:?} is already registered", tag.key()),
            ));
        }
        let index = index.unwrap_or(self.order.len()).min(self.order.len());
        self.order.insert(index, Tag::User(tag));
        Ok(self)
    }

    /// Returns whether a key marks a value.
    fn is_registered(&self, key: &Text) -> bool {
        Builtin::of_key(key).is_some() || self.user_tag(key).is_some()
    }

    /// Returns the last registered tag of a key, which is the one that reads.
    fn user_tag(&self, key: &Text) -> Option<&Arc<dyn JsonTag>> {
        self.order.iter().rev().find_map(|tag| match tag {
            Tag::User(tag) if !tag.key().is_empty() && *key == *tag.key() => Some(tag),
            _ => None,
        })
    }

    /// Turns a value into plain JSON with tags where they are needed.
    ///
    /// *Flask:* `TaggedJSONSerializer.tag`. What needs no tag is not copied.
    ///
    /// # Errors
    ///
    /// The value nests too deeply, or a tag refuses it.
    pub fn tag<'a>(&self, value: &'a Value) -> Result<Cow<'a, Value>, SessionError> {
        self.tag_at(value, 0)
    }

    fn tag_at<'a>(&self, value: &'a Value, depth: usize) -> Result<Cow<'a, Value>, SessionError> {
        if depth > MAX_DEPTH {
            return Err(unserializable("values nest too deeply"));
        }
        if self.order.is_empty() {
            return match builtin_for(value, |key| Builtin::of_key(key).is_some()) {
                Some(tag) => self.apply(tag, value, depth),
                None => Ok(Cow::Borrowed(value)),
            };
        }
        for tag in &self.order {
            match tag {
                Tag::Builtin(tag) => {
                    let fits = builtin_for(value, |key| self.is_registered(key));
                    // A dictionary that needs the escape passes the check of the plain one too.
                    let plain = *tag == Builtin::PassDict && matches!(value, Value::Dict(_));
                    if fits == Some(*tag) || plain {
                        return self.apply(*tag, value, depth);
                    }
                }
                Tag::User(tag) if tag.check(value) => {
                    let json = tag.to_json(value, self)?;
                    return Ok(Cow::Owned(match tag.key() {
                        "" => json,
                        key => marked(key, json),
                    }));
                }
                Tag::User(_) => {}
            }
        }
        Ok(Cow::Borrowed(value))
    }

    fn apply<'a>(
        &self,
        tag: Builtin,
        value: &'a Value,
        depth: usize,
    ) -> Result<Cow<'a, Value>, SessionError> {
        let json = match (tag, value) {
            (Builtin::PassDict, Value::Dict(dict)) => {
                return Ok(match self.tag_dict(dict, depth)? {
                    Some(dict) => Cow::Owned(Value::Dict(dict)),
                    None => Cow::Borrowed(value),
                });
            }
            (Builtin::PassList, Value::List(items)) => {
                return Ok(match self.tag_items(items, depth)? {
                    Some(items) => Cow::Owned(Value::List(items)),
                    None => Cow::Borrowed(value),
                });
            }
            (Builtin::TagDict, Value::Dict(dict)) => {
                let mut escaped = Dict::new();
                for (key, value) in dict.iter() {
                    let inner = self.tag_at(value, depth + 1)?.into_owned();
                    escaped.insert(key.with_suffix("__"), inner);
                }
                Value::Dict(escaped)
            }
            (Builtin::Tuple, Value::Tuple(items)) => Value::List(
                self.tag_items(items, depth)?
                    .unwrap_or_else(|| items.clone()),
            ),
            (Builtin::Bytes, Value::Bytes(bytes)) => encode_standard(bytes).into(),
            (Builtin::Markup, Value::Markup(markup)) => markup.text().clone().into(),
            (Builtin::Uuid, Value::Uuid(uuid)) => format!("{:032x}", uuid.as_u128()).into(),
            (Builtin::DateTime, Value::DateTime(date)) => date.to_http_date().into(),
            _ => return Ok(Cow::Borrowed(value)),
        };
        Ok(Cow::Owned(marked(tag.key(), json)))
    }

    /// Returns whether a value surely needs no tag, as most parts of a session.
    fn is_plain(&self, value: &Value) -> bool {
        self.order.is_empty()
            && matches!(
                value,
                Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_)
            )
    }

    /// Tags the items of a list, or says that none needs it.
    fn tag_items(&self, items: &[Value], depth: usize) -> Result<Option<Vec<Value>>, SessionError> {
        let mut tagged: Option<Vec<Value>> = None;
        for (index, item) in items.iter().enumerate() {
            if tagged.is_none() && self.is_plain(item) {
                continue;
            }
            match (self.tag_at(item, depth + 1)?, &mut tagged) {
                (Cow::Borrowed(_), None) => {}
                (item, Some(tagged)) => tagged.push(item.into_owned()),
                (Cow::Owned(item), None) => {
                    let mut copy = items.get(..index).unwrap_or_default().to_vec();
                    copy.reserve(items.len() - index);
                    copy.push(item);
                    tagged = Some(copy);
                }
            }
        }
        Ok(tagged)
    }

    /// Tags the values of a dictionary, or says that none needs it.
    fn tag_dict(&self, dict: &Dict, depth: usize) -> Result<Option<Dict>, SessionError> {
        let mut tagged: Option<Dict> = None;
        for (key, value) in dict.iter() {
            if self.is_plain(value) {
                continue;
            }
            if let Cow::Owned(value) = self.tag_at(value, depth + 1)? {
                tagged
                    .get_or_insert_with(|| dict.clone())
                    .insert(key.clone(), value);
            }
        }
        Ok(tagged)
    }

    /// Turns a tagged dictionary back into what it stands for. *Flask:* `untag`.
    pub(crate) fn untag(&self, mut dict: Dict) -> Result<Value, SessionError> {
        let key = match dict.only_key() {
            Some(key) => key,
            None => return Ok(Value::Dict(dict)),
        };
        let user = self.user_tag(key).cloned();
        let builtin = Builtin::of_key(key);
        if user.is_none() && builtin.is_none() {
            return Ok(Value::Dict(dict));
        }
        let json = dict.take_only().unwrap_or_default();
        match (user, builtin) {
            (Some(tag), _) => tag.to_value(json),
            (None, Some(tag)) => untag_builtin(tag, json),
            (None, None) => Ok(json),
        }
    }
}

impl Default for TaggedJson {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns the built-in tag of a value.
fn builtin_for(value: &Value, is_registered: impl Fn(&Text) -> bool) -> Option<Builtin> {
    Some(match value {
        Value::Dict(dict) => match dict.only_key() {
            Some(key) if is_registered(key) => Builtin::TagDict,
            _ => Builtin::PassDict,
        },
        Value::Tuple(_) => Builtin::Tuple,
        Value::List(_) => Builtin::PassList,
        Value::Bytes(_) => Builtin::Bytes,
        Value::Markup(_) => Builtin::Markup,
        Value::Uuid(_) => Builtin::Uuid,
        Value::DateTime(_) => Builtin::DateTime,
        _ => return None,
    })
}

fn marked(key: &str, json: Value) -> Value {
    Value::Dict(std::iter::once((key, json)).collect())
}

impl SessionSerializer for TaggedJson {
    fn dumps(&self, value: &Value, style: JsonStyle) -> Result<String, SessionError> {
        let tagged = self.tag(value)?;
        dumps_provider(&tagged, Format::compact(style))
    }

    fn loads(&self, text: &str) -> Result<Value, SessionError> {
        loads_with(text, Some(self))
    }
}
