//! What a request did to its session, key by key.

use std::fmt;
use std::sync::Arc;

use crate::error::SessionError;
use crate::value::{Dict, Text, Value};

/// Computes a key's new value from the one that is stored.
pub(crate) type Updater = Arc<dyn Fn(Option<&Value>) -> Result<Value, SessionError> + Send + Sync>;

/// What happened to one key.
#[derive(Clone)]
enum Touch {
    /// It was set or removed: what the session holds now counts.
    Written,
    /// It was lent out to be changed: it counts if it differs from what was stored.
    Lent,
    /// It was computed from what was stored, and can be computed anew.
    Updated(Vec<Updater>),
}

/// The changes to a session since it was opened, for a store that merges them.
#[derive(Clone)]
pub(crate) struct ChangeLog {
    stored: Arc<Dict>,
    cleared: bool,
    all_lent: bool,
    touched: Vec<(Text, Touch)>,
}

impl ChangeLog {
    pub(crate) fn new(stored: Arc<Dict>) -> Self {
        Self {
            stored,
            cleared: false,
            all_lent: false,
            touched: Vec::new(),
        }
    }

    pub(crate) fn written(&mut self, key: &Text) {
        self.touch(key, Touch::Written);
    }

    pub(crate) fn lent(&mut self, key: &Text) {
        if !self.touched.iter().any(|(known, _)| known == key) {
            self.touched.push((key.clone(), Touch::Lent));
        } else if matches!(self.find(key), Some(Touch::Updated(_))) {
            // A computed value that is changed by hand cannot be computed anew.
            self.touch(key, Touch::Written);
        }
    }

    pub(crate) fn updated(&mut self, key: &Text, updater: Updater) {
        match self.find(key) {
            Some(Touch::Updated(updaters)) => updaters.push(updater),
            Some(_) => {}
            None => {
                let touch = Touch::Updated(vec![updater]);
                self.touched.push((key.clone(), touch));
            }
        }
    }

    pub(crate) fn all_lent(&mut self) {
        self.all_lent = true;
        for (_, touch) in &mut self.touched {
            if matches!(touch, Touch::Updated(_)) {
                *touch = Touch::Written;
            }
        }
    }

    pub(crate) fn cleared(&mut self) {
        self.cleared = true;
        self.touched.clear();
    }

    fn find(&mut self, key: &Text) -> Option<&mut Touch> {
        self.touched
            .iter_mut()
            .find_map(|(known, touch)| (known == key).then_some(touch))
    }

    fn touch(&mut self, key: &Text, touch: Touch) {
        match self.find(key) {
            Some(place) => *place = touch,
            None => self.touched.push((key.clone(), touch)),
        }
    }

    /// Returns whether some value was computed from what was stored.
    pub(crate) fn depends_on_stored(&self) -> bool {
        !self.cleared
            && self
                .touched
                .iter()
                .any(|(_, touch)| matches!(touch, Touch::Updated(_)))
    }

    /// Returns the changes, computing anew what was computed from an older state.
    pub(crate) fn changes(
        &self,
        values: &Dict,
        fresh: Option<&Dict>,
    ) -> Result<Vec<(Text, Option<Value>)>, SessionError> {
        let mut changes = Vec::new();
        for (key, touch) in &self.touched {
            let now = values.get_text(key);
            match (touch, fresh) {
                (Touch::Lent, _) if !self.cleared && now == self.stored.get_text(key) => {}
                (Touch::Updated(updaters), Some(fresh)) if !self.cleared => {
                    let mut value = fresh.get_text(key).cloned();
                    for updater in updaters {
                        value = Some(updater(value.as_ref())?);
                    }
                    changes.push((key.clone(), value));
                }
                _ => changes.push((key.clone(), now.cloned())),
            }
        }
        if self.all_lent || self.cleared {
            self.push_differences(values, &mut changes);
        }
        Ok(changes)
    }

    /// Adds what differs from the stored state and is not among the changes.
    fn push_differences(&self, values: &Dict, changes: &mut Vec<(Text, Option<Value>)>) {
        let known = |key: &Text| self.touched.iter().any(|(known, _)| known == key);
        for (key, value) in values.iter().filter(|(key, _)| !known(key)) {
            if self.cleared || self.stored.get_text(key) != Some(value) {
                changes.push((key.clone(), Some(value.clone())));
            }
        }
        if self.cleared {
            return;
        }
        for key in self.stored.keys().filter(|key| !known(key)) {
            if values.get_text(key).is_none() {
                changes.push((key.clone(), None));
            }
        }
    }

    pub(crate) fn was_cleared(&self) -> bool {
        self.cleared
    }
}

impl fmt::Debug for ChangeLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeLog")
            .field("cleared", &self.cleared)
            .field("touched", &self.touched.len())
            .finish_non_exhaustive()
    }
}
