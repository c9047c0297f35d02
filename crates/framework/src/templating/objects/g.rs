//! `g` in templates: values of any type, of which those are shown that templates know how to read.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use carafe_sessions::Markup;
use minijinja::value::{Enumerator, Object};
use minijinja::{Error, ErrorKind, Value};
use serde::Serialize;

use crate::context::{try_current_app, try_g};
use crate::templating::objects::failing;
use crate::templating::serialize::to_value;
use crate::templating::value::TemplateValue;

/// Makes template values of `g`'s values, by type.
pub(crate) type Readers = HashMap<TypeId, Reader>;

/// Copies a value of one type, to be serialized when `g` is not locked any more.
pub(crate) type Reader = fn(&dyn Any) -> Option<Box<dyn FnOnce() -> Value>>;

/// The reader of a type.
pub(crate) fn reader<T: Any + Clone + Serialize>() -> (TypeId, Reader) {
    (TypeId::of::<T>(), |value| {
        let value = value.downcast_ref::<T>()?.clone();
        Some(Box::new(move || to_value(&value)))
    })
}

/// The reader of shared values of a type.
pub(crate) fn shared_reader<T: Any + Serialize>() -> (TypeId, Reader) {
    (TypeId::of::<Arc<T>>(), |value| {
        let value = value.downcast_ref::<Arc<T>>()?.clone();
        Some(Box::new(move || to_value(&*value)))
    })
}

/// The reader of shared values of a type that may be missing.
pub(crate) fn shared_option_reader<T: Any + Serialize>() -> (TypeId, Reader) {
    (TypeId::of::<Option<Arc<T>>>(), |value| {
        let value = value.downcast_ref::<Option<Arc<T>>>()?.clone();
        Some(Box::new(move || to_value(&value.as_deref())))
    })
}

/// The readers of the types that need no registration.
pub(crate) fn built_in_readers() -> Readers {
    macro_rules! readers {
        ($($type:ty),+ $(,)?) => {
            [$(reader::<$type>(), reader::<Option<$type>>(), reader::<Vec<$type>>()),+]
        };
    }
    HashMap::from(readers! {
        String, &'static str, Cow<'static, str>, char, bool,
        i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64,
        Markup, TemplateValue, carafe_sessions::Value, serde_json::Value,
        HashMap<String, String>, BTreeMap<String, String>,
    })
}

/// The values of the current context.
#[derive(Debug)]
pub(crate) struct GObject {
    readers: Readers,
}

impl GObject {
    /// Makes the object with readers for further types.
    pub(crate) fn new(readers: &Readers) -> Self {
        let mut all = built_in_readers();
        all.extend(readers);
        Self { readers: all }
    }
}

impl Object for GObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let g = match try_g() {
            Ok(g) => g,
            Err(outside) => return Some(failing(outside)),
        };
        let read = g.with_value(key, |value| {
            let reader = self.readers.get(&value.type_id());
            reader.and_then(|reader| reader(value))
        })?;
        Some(match read {
            Some(make) => make(),
            None => Value::from_object(Unreadable {
                name: key.to_owned(),
            }),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let Ok(g) = try_g() else {
            return Enumerator::Empty;
        };
        Enumerator::Values(g.names().into_iter().map(Value::from).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match try_current_app() {
            Ok(app) => write!(f, "<g of '{}'>", app.name()),
            Err(_) => f.write_str("<g>"),
        }
    }
}

/// A value of a type that templates cannot look into: it is there, and that is all.
#[derive(Debug)]
struct Unreadable {
    name: String,
}

impl Object for Unreadable {
    fn get_value(self: &Arc<Self>, _key: &Value) -> Option<Value> {
        Some(Value::from(Error::new(
            ErrorKind::InvalidOperation,
            format!(
                "`g.{}` is of a type that templates cannot read: register it with `App::template_type`",
                self.name
            ),
        )))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<g.{}>", self.name)
    }
}
