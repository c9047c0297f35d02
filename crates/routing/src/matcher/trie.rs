//! The states that rules make, in the form that takes further rules.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::part::{Dynamic, Part};
use crate::{Rule, RuleError, RuleId};

/// Rules by their parts; each node is a state of the state machine.
///
/// *Werkzeug:* `StateMachineMatcher` and `State`.
#[derive(Debug)]
pub(crate) struct Trie {
    pub(super) nodes: Vec<Node>,
    /// Each dynamic part once: what many rules share stays in the processor's cache.
    parts: HashSet<Arc<Dynamic>>,
}

#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) statics: HashMap<Box<str>, u32>,
    /// In the order of adding.
    pub(super) dynamics: Vec<(Arc<Dynamic>, u32)>,
    pub(super) rules: Vec<RuleId>,
}

impl Default for Trie {
    fn default() -> Self {
        Self {
            nodes: vec![Node::default()],
            parts: HashSet::new(),
        }
    }
}

impl Trie {
    /// Adds a rule that a map has taken.
    ///
    /// The states stay as they were when it is refused: a rule can only be a
    /// duplicate where all its states exist.
    pub(crate) fn add(&mut self, rule: &Rule, rules: &[Rule]) -> Result<(), RuleError> {
        let Some(bound) = &rule.bound else {
            return Ok(());
        };
        let state = bound
            .parts
            .iter()
            .fold(0, |state, part| self.step(state, part));
        let Some(node) = self.nodes.get_mut(state as usize) else {
            return Ok(());
        };
        let other = |id: &RuleId| {
            rules
                .get(id.index())
                .filter(|other| rule.is_duplicate(other))
        };
        if let Some((id, other)) = node.rules.iter().find_map(|id| Some((*id, other(id)?))) {
            return Err(RuleError::duplicate(&rule.text, id, &other.text));
        }
        node.rules.push(bound.id);
        Ok(())
    }

    fn step(&mut self, state: u32, part: &Part) -> u32 {
        let new = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let Some(node) = self.nodes.get_mut(state as usize) else {
            return state;
        };
        let next = match part {
            Part::Static(text) => match node.statics.get(text) {
                Some(known) => *known,
                None => {
                    node.statics.insert(text.clone(), new);
                    new
                }
            },
            Part::Dynamic(part) => match node.dynamics.iter().find(|(known, _)| known == part) {
                Some((_, known)) => *known,
                None => {
                    let shared = match self.parts.get(part) {
                        Some(known) => Arc::clone(known),
                        None => {
                            self.parts.insert(Arc::clone(part));
                            Arc::clone(part)
                        }
                    };
                    node.dynamics.push((shared, new));
                    new
                }
            },
        };
        if next == new {
            self.nodes.push(Node::default());
        }
        next
    }
}
