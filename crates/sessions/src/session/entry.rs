//! One key's place in a session.

use crate::session::SessionState;
use crate::value::{Dict, Text, Value};

/// The place of a key in a session, to fill or change.
#[derive(Debug)]
#[must_use]
pub struct Entry<'a> {
    state: &'a mut SessionState,
    key: Text,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(state: &'a mut SessionState, key: Text) -> Self {
        Self { state, key }
    }

    /// Returns the key.
    pub fn key(&self) -> &Text {
        &self.key
    }

    /// Returns the value to change in place, after storing this one if there was none.
    pub fn or_insert(self, value: impl Into<Value>) -> &'a mut Value {
        self.state.place(self.key, value.into())
    }

    /// Returns the list to change in place; anything else gives way to an empty list.
    pub fn or_insert_list(self) -> &'a mut Vec<Value> {
        let place = self.state.place(self.key, Value::List(Vec::new()));
        if !matches!(place, Value::List(_)) {
            *place = Value::List(Vec::new());
        }
        match place {
            Value::List(items) => items,
            _ => unreachable!("the place was made a list"),
        }
    }

    /// Returns the dictionary to change in place; anything else gives way to an empty one.
    pub fn or_insert_dict(self) -> &'a mut Dict {
        let place = self.state.place(self.key, Value::Dict(Dict::new()));
        if !matches!(place, Value::Dict(_)) {
            *place = Value::Dict(Dict::new());
        }
        match place {
            Value::Dict(dict) => dict,
            _ => unreachable!("the place was made a dictionary"),
        }
    }

    /// Changes the value in place if there is one, and goes on with the entry.
    pub fn and_modify(self, change: impl FnOnce(&mut Value)) -> Self {
        if self.state.values().get_text(&self.key).is_some() {
            change(self.state.place(self.key.clone(), Value::Null));
        }
        self
    }
}
