//! The second tier: a state machine over the segments of a path. It answers for
//! every rule.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::matcher::arguments::{Direct, Kind};
use crate::matcher::statics::Statics;
use crate::matcher::trie::Trie;
use crate::matcher::{Found, Target, Trail};
use crate::part::{Dynamic, Spans};
use crate::{Rule, RuleId};

/// The states of all rules, dynamic transitions in the order of their weight.
#[derive(Debug)]
pub(super) struct States {
    pub(super) states: Vec<State>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) statics: Statics,
    pub(super) dynamics: Vec<(Arc<Dynamic>, u32)>,
    pub(super) rules: SmallVec<[Candidate; 1]>,
    /// The state behind a slash at the end.
    pub(super) slash: Option<u32>,
    /// Whether some rule does without a slash at the end that the path has.
    pub(super) loose: bool,
}

/// A rule at the end of its parts, with what decides whether it is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) id: RuleId,
    /// A bit for each usual method.
    methods: u16,
    /// Whether the rule lists methods that have no bit.
    other_methods: bool,
    websocket: bool,
    strict: bool,
    /// Whether the captured text of the path as it stands is what the rule gives.
    pub(super) is_plain: bool,
    /// How captured text becomes what the rule gives, where that takes no look at it.
    pub(super) direct: Option<Direct>,
    /// Whether what the rule gives may lead to a redirect.
    pub(super) redirects: bool,
    /// Whether converters of the user's own have a say in what the rule gives.
    pub(super) is_custom: bool,
}

/// Where in the request the search is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    Domain,
    /// A segment begins at this byte of the path.
    Segment(usize),
    End,
}

/// A state to come back to when what was tried first leads nowhere.
#[derive(Debug)]
struct Choice {
    state: u32,
    place: Place,
    /// How many captures there were on entering the state.
    captured: usize,
    /// The dynamic transition to go on with.
    next: usize,
}

impl States {
    pub(super) fn new(trie: &Trie, rules: &[Rule], redirects: impl Fn(&Rule) -> bool) -> Self {
        let states = trie.nodes.iter().map(|node| {
            let mut dynamics = node.dynamics.clone();
            // The sort is stable: transitions of one weight stay in the order
            // in which rules brought them.
            dynamics.sort_by(|(a, _), (b, _)| a.weight.cmp(&b.weight));
            let candidates = node.rules.iter().filter_map(|id| rules.get(id.index()));
            let candidates: SmallVec<_> = candidates
                .filter_map(|rule| Candidate::new(rule, redirects(rule)))
                .collect();
            State {
                loose: candidates
                    .iter()
                    .any(|candidate: &Candidate| !candidate.strict),
                statics: Statics::new(&node.statics),
                dynamics,
                rules: candidates,
                slash: node.statics.get("").copied(),
            }
        });
        Self {
            states: states.collect(),
        }
    }

    pub(super) fn get(&self, state: u32) -> Option<&State> {
        self.states.get(state as usize)
    }

    /// Searches from the start, as Werkzeug's `StateMachineMatcher.match`.
    pub(super) fn search(
        &self,
        rules: &[Rule],
        target: Target<'_>,
        trail: &mut Trail,
    ) -> Found<'_> {
        trail.spans.clear();
        self.search_from(0, Place::Domain, rules, target, trail)
    }

    /// Searches from a state on, to which the trail leads.
    ///
    /// Choices are kept on a stack of their own. A state is entered at most once
    /// in a search, since states form a tree: the stack is no deeper than the
    /// longest rule, and the time linear in the length of the path.
    pub(super) fn search_from(
        &self,
        state: u32,
        place: Place,
        rules: &[Rule],
        target: Target<'_>,
        trail: &mut Trail,
    ) -> Found<'_> {
        let mut choices: SmallVec<[Choice; 4]> = SmallVec::new();
        let mut at = Some((state, place));
        let mut first = 0;
        loop {
            let (id, place) = match at.take() {
                Some(at) => at,
                // Go back to the last choice and take what comes next there.
                None => match choices.pop() {
                    Some(choice) => {
                        trail.spans.truncate(choice.captured);
                        first = choice.next;
                        (choice.state, choice.place)
                    }
                    None => return Found::Nothing,
                },
            };
            let Some(state) = self.get(id) else {
                return Found::Nothing;
            };
            if place == Place::End {
                match self.arrive(state, rules, target, trail) {
                    Found::Nothing => continue,
                    found => return found,
                }
            }
            let segment = place.segment(target);
            let captured = trail.spans.len();
            let choice = |next| Choice {
                state: id,
                place,
                captured,
                next,
            };
            if first == 0
                && let Some(next) = state.statics.get(segment)
            {
                if !state.dynamics.is_empty() || state.loose {
                    choices.push(choice(FIRST_DYNAMIC));
                }
                at = Some((next, place.behind(segment, target)));
                continue;
            }
            let from = first.saturating_sub(FIRST_DYNAMIC);
            first = 0;
            for (index, (part, next)) in state.dynamics.iter().enumerate().skip(from) {
                if let Some(place) = take(part, place, segment, target, &mut trail.spans) {
                    if index + 1 < state.dynamics.len() || state.loose {
                        choices.push(choice(index + 1 + FIRST_DYNAMIC));
                    }
                    at = Some((*next, place));
                    break;
                }
            }
            if at.is_none() && state.loose && place == Place::Segment(target.path.len()) {
                let loose = state.rules.iter().filter(|candidate| !candidate.strict);
                if let Some(rule) = suitable(loose, rules, target, trail) {
                    return Found::Rule(rule);
                }
            }
        }
    }

    /// Looks at the rules of a state at the end of the path.
    pub(super) fn arrive<'s>(
        &'s self,
        state: &'s State,
        rules: &[Rule],
        target: Target<'_>,
        trail: &mut Trail,
    ) -> Found<'s> {
        if let Some(rule) = suitable(state.rules.iter(), rules, target, trail) {
            return Found::Rule(rule);
        }
        let Some(branch) = state.slash.and_then(|slash| self.get(slash)) else {
            return Found::Nothing;
        };
        let mut candidates = branch.rules.iter();
        match candidates.find(|candidate| candidate.fits(target, rules)) {
            Some(candidate) if candidate.strict => Found::SlashRequired,
            Some(candidate) => Found::Rule(candidate),
            None => Found::Nothing,
        }
    }
}

/// Marks a choice as one whose static transition was tried.
const FIRST_DYNAMIC: usize = 1;

impl Candidate {
    fn new(rule: &Rule, redirects: bool) -> Option<Self> {
        let (methods, other_methods) = match &rule.methods {
            None => (u16::MAX, true),
            Some(methods) => (methods.bits(), methods.has_others()),
        };
        let direct = Direct::new(rule);
        Some(Self {
            id: rule.id()?,
            methods,
            other_methods,
            websocket: rule.websocket,
            strict: rule.strict_slashes == Some(true),
            is_plain: !redirects && matches!(direct, Some(Direct::Text)),
            direct,
            redirects,
            is_custom: rule.has_custom_converters(),
        })
    }

    /// What the text of the first variable stands for, where nothing but the text has a say in the match.
    pub(super) fn first_kind(&self) -> Option<Kind> {
        self.direct.filter(|_| !self.redirects).map(Direct::first)
    }

    /// Whether the rule is for the request's method and protocol.
    pub(super) fn fits(&self, target: Target<'_>, rules: &[Rule]) -> bool {
        self.websocket == target.websocket && self.takes(target, rules)
    }

    fn takes(&self, target: Target<'_>, rules: &[Rule]) -> bool {
        match target.method.bit() {
            0 => {
                self.other_methods
                    && rules
                        .get(self.id.index())
                        .is_some_and(|rule| rule.takes(target.method))
            }
            bit => self.methods & bit != 0,
        }
    }
}

/// Gives the first rule for the request's method and protocol; notes what the
/// others ask for.
fn suitable<'s>(
    candidates: impl Iterator<Item = &'s Candidate>,
    rules: &[Rule],
    target: Target<'_>,
    trail: &mut Trail,
) -> Option<&'s Candidate> {
    for candidate in candidates {
        if !candidate.takes(target, rules) {
            let rule = rules.get(candidate.id.index());
            if let Some(methods) = rule.and_then(|rule| rule.methods.as_ref()) {
                trail.methods.union(methods);
            }
        } else if candidate.websocket != target.websocket {
            trail.websocket = true;
        } else {
            return Some(candidate);
        }
    }
    None
}

impl Place {
    fn segment(self, target: Target<'_>) -> &str {
        match self {
            Place::Domain => target.domain,
            Place::Segment(start) => segment(target.path, start),
            Place::End => "",
        }
    }

    /// The place behind a segment that begins here.
    fn behind(self, segment: &str, target: Target<'_>) -> Place {
        match self {
            Place::Domain => Place::Segment(0),
            Place::Segment(start) => {
                let end = start + segment.len();
                match end < target.path.len() {
                    true => Place::Segment(end + 1),
                    false => Place::End,
                }
            }
            Place::End => Place::End,
        }
    }
}

/// Returns the segment that begins at a byte of the path.
pub(super) fn segment(path: &str, start: usize) -> &str {
    let rest = path.get(start..).unwrap_or_default();
    let length = rest
        .bytes()
        .position(|byte| byte == b'/')
        .unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

/// Tries a dynamic transition; gives the place behind what it took.
fn take(
    part: &Dynamic,
    place: Place,
    segment: &str,
    target: Target<'_>,
    spans: &mut Spans,
) -> Option<Place> {
    let start = match place {
        Place::Segment(start) => start,
        // A domain that takes all that is left leaves nothing for the path of
        // the rule, which has at least one part.
        _ if part.is_final => return None,
        _ => 0,
    };
    if !part.is_final {
        part.matches(segment, start, spans)?;
        return Some(place.behind(segment, target));
    }
    let rest = target.path.get(start..)?;
    match part.matches(rest, start, spans)? {
        true => Some(Place::Segment(target.path.len())),
        false => Some(Place::End),
    }
}
