//! The state machine over the segments of a path: it answers for every rule.

use std::collections::HashMap;
use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use crate::matcher::trie::Trie;
use crate::matcher::{Found, Missed, Target};
use crate::part::{Dynamic, Spans};
use crate::{Rule, RuleId};

/// The states of all rules, dynamic transitions in the order of their weight.
#[derive(Debug)]
pub(super) struct States {
    states: Vec<State>,
}

#[derive(Debug)]
struct State {
    statics: HashMap<Box<str>, usize>,
    dynamics: Vec<(Arc<Dynamic>, usize)>,
    rules: Vec<RuleId>,
    /// The state behind a slash at the end.
    slash: Option<usize>,
}

/// Where in the request the search is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Domain,
    /// A segment begins at this byte of the path.
    Segment(usize),
    End,
}

/// A state that was entered and what it tries next.
#[derive(Debug)]
struct Frame {
    state: usize,
    place: Place,
    /// How many captures there were on entering.
    captured: usize,
    next: Choice,
}

#[derive(Debug, Clone, Copy)]
enum Choice {
    Static,
    Dynamic(usize),
    Loose,
}

impl States {
    pub(super) fn new(trie: &Trie) -> Self {
        let states = trie.nodes.iter().map(|node| {
            let mut dynamics = node.dynamics.clone();
            dynamics.sort_by(|(a, _), (b, _)| a.weight.cmp(&b.weight));
            State {
                statics: node.statics.clone(),
                dynamics,
                rules: node.rules.clone(),
                slash: node.statics.get("").copied(),
            }
        });
        Self {
            states: states.collect(),
        }
    }

    /// Goes through the states as Werkzeug's `StateMachineMatcher.match` does,
    /// with a stack of its own: a state is entered at most once, so the stack
    /// is no deeper than the longest rule and the whole search is linear in the
    /// length of the path.
    pub(super) fn search(&self, rules: &[Rule], target: Target<'_>, missed: &mut Missed) -> Found {
        let mut spans = Spans::new();
        let mut stack: SmallVec<[Frame; 8]> = smallvec![Frame {
            state: 0,
            place: Place::Domain,
            captured: 0,
            next: Choice::Static,
        }];
        while let Some(frame) = stack.last_mut() {
            let Some(state) = self.states.get(frame.state) else {
                break;
            };
            spans.truncate(frame.captured);
            if frame.place == Place::End {
                match self.arrive(state, rules, target, missed) {
                    Some(Ok(rule)) => return Found::Rule(rule, spans),
                    Some(Err(())) => return Found::SlashRequired,
                    None => {
                        stack.pop();
                        continue;
                    }
                }
            }
            let entered = match frame.next {
                Choice::Static => {
                    frame.next = Choice::Dynamic(0);
                    let segment = frame.place.segment(target);
                    let next = state.statics.get(segment).copied();
                    next.map(|next| (next, frame.place.behind(target)))
                }
                Choice::Dynamic(at) => match state.dynamics.get(at) {
                    Some((part, next)) => {
                        frame.next = Choice::Dynamic(at + 1);
                        let place = take(part, frame.place, target, &mut spans);
                        place.map(|place| (*next, place))
                    }
                    None => {
                        frame.next = Choice::Loose;
                        None
                    }
                },
                Choice::Loose => {
                    if frame.place == Place::Segment(target.path.len()) {
                        let loose = |rule: &&Rule| rule.strict_slashes != Some(true);
                        let loose = state.rules(rules).filter(loose);
                        if let Some(rule) = suitable(loose, target, missed) {
                            return Found::Rule(rule, spans);
                        }
                    }
                    stack.pop();
                    continue;
                }
            };
            if let Some((state, place)) = entered {
                let captured = spans.len();
                stack.push(Frame {
                    state,
                    place,
                    captured,
                    next: Choice::Static,
                });
            }
        }
        Found::Nothing
    }

    /// Looks at the rules of a state at the end of the path: gives the first
    /// suitable one, or an error when a slash would lead to one.
    fn arrive(
        &self,
        state: &State,
        rules: &[Rule],
        target: Target<'_>,
        missed: &mut Missed,
    ) -> Option<Result<RuleId, ()>> {
        if let Some(rule) = suitable(state.rules(rules), target, missed) {
            return Some(Ok(rule));
        }
        let branch = self.states.get(state.slash?)?;
        let rule = branch
            .rules(rules)
            .find(|rule| rule.websocket == target.websocket && rule.takes(target.method))?;
        match rule.strict_slashes {
            Some(true) => Some(Err(())),
            _ => rule.id().map(Ok),
        }
    }
}

impl State {
    fn rules<'r>(&self, rules: &'r [Rule]) -> impl Iterator<Item = &'r Rule> {
        self.rules.iter().filter_map(|id| rules.get(id.index()))
    }
}

impl Place {
    fn segment(self, target: Target<'_>) -> &str {
        match self {
            Place::Domain => target.domain,
            Place::Segment(start) => {
                let rest = target.path.get(start..).unwrap_or_default();
                rest.split('/').next().unwrap_or_default()
            }
            Place::End => "",
        }
    }

    fn behind(self, target: Target<'_>) -> Place {
        match self {
            Place::Domain => Place::Segment(0),
            Place::Segment(start) => {
                let end = start + self.segment(target).len();
                match end < target.path.len() {
                    true => Place::Segment(end + 1),
                    false => Place::End,
                }
            }
            Place::End => Place::End,
        }
    }
}

/// Tries a dynamic transition; gives the place behind what it took.
fn take(part: &Dynamic, place: Place, target: Target<'_>, spans: &mut Spans) -> Option<Place> {
    match (part.is_final, place) {
        (false, Place::Segment(start)) => {
            part.matches(place.segment(target), start, spans)?;
            Some(place.behind(target))
        }
        (false, _) => {
            part.matches(place.segment(target), 0, spans)?;
            Some(place.behind(target))
        }
        (true, Place::Segment(start)) => {
            let rest = target.path.get(start..)?;
            match part.matches(rest, start, spans)? {
                true => Some(Place::Segment(target.path.len())),
                false => Some(Place::End),
            }
        }
        // A domain that takes all that is left leaves nothing for the path of
        // the rule, which has at least one part.
        (true, _) => None,
    }
}

/// Gives the first rule for the request's method and protocol; notes what the
/// others ask for.
fn suitable<'r>(
    rules: impl Iterator<Item = &'r Rule>,
    target: Target<'_>,
    missed: &mut Missed,
) -> Option<RuleId> {
    for rule in rules {
        match &rule.methods {
            Some(methods) if !methods.contains(target.method) => missed.methods.union(methods),
            _ if rule.websocket != target.websocket => missed.websocket = true,
            _ => return rule.id(),
        }
    }
    None
}
