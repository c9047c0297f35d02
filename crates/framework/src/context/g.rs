//! Values that live as long as a context. Flask: `flask.g`.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;

use crate::context::AppContext;

/// A value of any type, under a name.
type Named = Box<dyn Any + Send + Sync>;

/// The named values of a context; an empty map allocates nothing.
pub(crate) type Values = BTreeMap<String, Named>;

/// Named values of any type, for the length of one request or one piece of work.
///
/// *Flask:* `flask.g`.
///
/// ```
/// # use carafe::{App, g};
/// # let app = App::new("docs").build()?;
/// # let ctx = app.app_context();
/// # let _guard = ctx.push()?;
/// g().set("user", String::from("ada"));
/// assert_eq!(g().get::<String>("user").as_deref(), Some("ada"));
/// assert!(g().contains("user"));
/// assert_eq!(g().pop::<String>("user").as_deref(), Some("ada"));
/// # Ok::<(), carafe::Error>(())
/// ```
#[derive(Clone)]
pub struct G(AppContext);

impl G {
    pub(crate) fn of(ctx: AppContext) -> Self {
        Self(ctx)
    }

    /// Sets a value.
    ///
    /// *Flask:* `g.name = value`.
    pub fn set<T: Any + Send + Sync>(&self, name: impl Into<String>, value: T) {
        let former = self.0.g_values().insert(name.into(), Box::new(value));
        drop(former);
    }

    /// A copy of a value; none when it is missing or of another type.
    ///
    /// *Flask:* `g.get`.
    pub fn get<T: Any + Clone>(&self, name: &str) -> Option<T> {
        self.0.g_values().get(name)?.downcast_ref::<T>().cloned()
    }

    /// Takes a value out; none when it is missing or of another type, which then stays.
    ///
    /// *Flask:* `g.pop`.
    pub fn pop<T: Any>(&self, name: &str) -> Option<T> {
        let mut values = self.0.g_values();
        if !values.get(name)?.is::<T>() {
            return None;
        }
        values.remove(name)?.downcast().ok().map(|value| *value)
    }

    /// Removes a value of any type; tells whether there was one.
    ///
    /// *Flask:* `del g.name`.
    pub fn remove(&self, name: &str) -> bool {
        let former = self.0.g_values().remove(name);
        former.is_some()
    }

    /// A copy of a value, set first if it is missing or of another type.
    ///
    /// *Flask:* `g.setdefault`.
    pub fn setdefault<T: Any + Clone + Send + Sync>(
        &self,
        name: impl Into<String>,
        default: T,
    ) -> T {
        let name = name.into();
        match self.get::<T>(&name) {
            Some(value) => value,
            None => {
                self.set(name, default.clone());
                default
            }
        }
    }

    /// A copy of a value, made and set first if it is missing or of another type.
    ///
    /// No lock is held while the function runs.
    pub fn get_or_insert_with<T: Any + Clone + Send + Sync>(
        &self,
        name: &str,
        make: impl FnOnce() -> T,
    ) -> T {
        match self.get::<T>(name) {
            Some(value) => value,
            None => {
                let value = make();
                self.set(name, value.clone());
                value
            }
        }
    }

    /// Changes a value in place of a copy: it is made by `Default` if missing, and set afterwards.
    ///
    /// *Flask:* `g.setdefault("seen", []).append(…)`.
    pub fn update<T: Any + Default + Send + Sync>(&self, name: &str, change: impl FnOnce(&mut T)) {
        let mut value = self.pop::<T>(name).unwrap_or_default();
        change(&mut value);
        self.set(name, value);
    }

    /// Whether a value is there.
    ///
    /// *Flask:* `name in g`.
    pub fn contains(&self, name: &str) -> bool {
        self.0.g_values().contains_key(name)
    }

    /// Reads a value of any type, which is locked meanwhile; none when it is missing.
    #[cfg(feature = "templates")]
    pub(crate) fn with_value<R>(&self, name: &str, read: impl FnOnce(&dyn Any) -> R) -> Option<R> {
        self.0.g_values().get(name).map(|value| read(&**value))
    }

    /// The names of all values, sorted.
    ///
    /// *Flask:* `iter(g)`.
    pub fn names(&self) -> Vec<String> {
        self.0.g_values().keys().cloned().collect()
    }
}

impl fmt::Debug for G {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("G").field(&self.names()).finish()
    }
}
