//! The names that a template may use, with their values.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use minijinja::Value;
use minijinja::value::{Enumerator, Object};
use serde::de::DeserializeOwned;
use serde::ser::{Serialize, Serializer};

use crate::error::{Error, Result};
use crate::templating::serialize::{READY, to_value, try_to_value};
use crate::templating::value::TemplateValue;

/// The names that a template may use, with their values. The [`context!`](crate::context!) macro makes one.
///
/// It is cheap to clone.
///
/// *Flask:* the keyword arguments of `render_template`.
///
/// ```
/// use carafe::TemplateContext;
///
/// let mut context = TemplateContext::new();
/// context.insert("user", "ada");
/// assert_eq!(context.get_as::<String>("user").as_deref(), Some("ada"));
/// ```
#[derive(Clone, Default)]
pub struct TemplateContext(Arc<Names>);

/// The names as the engine reads them.
#[derive(Clone, Default)]
struct Names(IndexMap<Cow<'static, str>, Value>);

impl TemplateContext {
    /// Makes a context without names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a context of a mapping or of a struct's fields.
    ///
    /// # Errors
    /// When the value is neither, or cannot be serialized.
    pub fn from_serialize<T: Serialize + ?Sized>(values: &T) -> Result<Self> {
        let value = try_to_value(values)?;
        if value.is_none() {
            return Ok(Self::new());
        }
        if let Some(names) = value.downcast_object::<Names>() {
            return Ok(Self(names));
        }
        let pairs = value.as_object().and_then(|object| object.try_iter_pairs());
        let Some(pairs) = pairs else {
            return Err(Error::msg(format!(
                "a template's context is a mapping of names, not a {}",
                value.kind()
            )));
        };
        let names = pairs
            .map(|(name, value)| (Cow::Owned(name.to_string()), value))
            .collect();
        Ok(Self(Arc::new(Names(names))))
    }

    /// Gives a name its value, in place of the one it may have.
    pub fn insert<T: Serialize>(&mut self, name: impl Into<Cow<'static, str>>, value: T) {
        // Serialize is the caller's code; the names are not touched while it runs.
        let value = to_value(&value);
        Arc::make_mut(&mut self.0).0.insert(name.into(), value);
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<TemplateValue> {
        self.0.0.get(name).cloned().map(TemplateValue)
    }

    /// The value of a name as a type; none when it is missing or does not fit the type.
    pub fn get_as<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.get(name)?.to().ok()
    }

    /// Whether the name has a value.
    pub fn contains(&self, name: &str) -> bool {
        self.0.0.contains_key(name)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.0.keys().map(Cow::as_ref)
    }

    /// Takes over all names of another context, whose values win.
    pub fn update(&mut self, other: Self) {
        if self.0.0.is_empty() {
            *self = other;
            return;
        }
        let names = Arc::unwrap_or_clone(other.0);
        Arc::make_mut(&mut self.0).0.extend(names.0);
    }

    /// The context as the engine takes it.
    pub(super) fn root(&self) -> Value {
        Value::from_dyn_object(self.0.clone())
    }
}

impl Object for Names {
    fn get_value(self: &Arc<Self>, name: &Value) -> Option<Value> {
        self.get_value_by_str(name.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(
            self.0
                .keys()
                .map(|name| Value::from(name.as_ref()))
                .collect(),
        )
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.0.len())
    }
}

/// Passes the names through as they are, where the serializer is ours.
impl Serialize for TemplateContext {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(READY, &self.root())
    }
}

impl<N: Into<Cow<'static, str>>, T: Serialize> FromIterator<(N, T)> for TemplateContext {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(names: I) -> Self {
        let mut context = Self::new();
        names
            .into_iter()
            .for_each(|(name, value)| context.insert(name, value));
        context
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl fmt::Debug for TemplateContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secrets, and debug output ends up in logs.
        self.0.fmt(f)
    }
}

/// Makes a template's context: `context! { user, title = "Home" }`.
///
/// A name alone stands for the variable of that name. Values are anything serde can write; they are read, not
/// moved. `..other` in front takes over the names of another context.
///
/// *Flask:* the keyword arguments of `render_template`.
///
/// ```
/// use carafe::context;
///
/// let user = String::from("ada");
/// let context = context! { user, visits = 3 };
/// assert_eq!(context.names().collect::<Vec<_>>(), ["user", "visits"]);
/// assert_eq!(user, "ada");
/// ```
#[macro_export]
macro_rules! context {
    (@names $context:ident,) => {};
    (@names $context:ident, $name:ident = $value:expr $(, $($rest:tt)*)?) => {
        $context.insert(stringify!($name), &$value);
        $crate::context!(@names $context, $($($rest)*)?);
    };
    (@names $context:ident, $name:ident $(, $($rest:tt)*)?) => {
        $context.insert(stringify!($name), &$name);
        $crate::context!(@names $context, $($($rest)*)?);
    };
    () => {
        $crate::TemplateContext::new()
    };
    (..$base:expr $(, $($rest:tt)*)?) => {{
        #[allow(unused_mut, reason = "there may be no further names")]
        let mut context = $crate::TemplateContext::clone(&$base);
        $crate::context!(@names context, $($($rest)*)?);
        context
    }};
    ($($names:tt)+) => {{
        let mut context = $crate::TemplateContext::new();
        $crate::context!(@names context, $($names)+);
        context
    }};
}
