//! The first tier: `matchit` for what it can express when no other rule could
//! win.
//!
//! A state goes in with its way from the root as a route. Where there is a
//! choice (static segments beside variables, several variables, a variable that
//! takes more than one segment) the route ends in a catch-all, and the state
//! machine goes on from that state. It need not start over, since there was no
//! choice up to there. For the same reason a route never allocates: `matchit`
//! does so for choices it might come back to and for a fourth variable.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use matchit::Router;
use smallvec::SmallVec;

use crate::matcher::last::Last;
use crate::matcher::segments::{Candidate, Place, State, States, segment};
use crate::matcher::statics::{ByText, same};
use crate::matcher::{Found, Target, Trail};
use crate::part::{Dynamic, span};
use crate::{Match, Rule};

/// The routes of each static domain that rules name.
#[derive(Debug)]
pub(super) struct Fast {
    /// The domain that came first, which most maps have alone.
    first: Option<(Box<str>, Domain)>,
    others: HashMap<Box<str>, Domain>,
    /// Whether no domain with variables may match what a static one does not.
    is_exhaustive: bool,
}

/// The routes of a domain.
#[derive(Debug, Default)]
struct Domain {
    router: Router<Entry>,
    /// The paths that are one rule's, letter by letter: a look is all they take.
    exact: ByText<Candidate>,
    /// The rules whose one variable is all behind the last slash, by the text up to there.
    last: ByText<Last>,
}

/// Where a route leads.
#[derive(Debug, Clone)]
struct Entry {
    state: u32,
    goal: Goal,
    /// The rule that ends in the state, where it is one alone: in a large map the state is far away.
    only: Option<Candidate>,
    variables: Variables,
    /// How long the text behind the last variable is, with the slash before what
    /// a catch-all takes.
    tail: u32,
}

#[derive(Debug, Clone, Copy)]
enum Goal {
    /// The path ends in the state.
    End,
    /// The path goes on with a slash and nothing behind it.
    Slash,
    /// The path goes on behind the last slash that the route has.
    Rest,
}

/// For each variable how long the text before it is and what it has to match:
/// none where any segment will do.
///
/// `matchit` gives the variables too, but checks their text for UTF-8 again.
pub(super) type Variables = SmallVec<[(u32, Option<Arc<Dynamic>>); VARIABLES]>;

/// How many variables `matchit` takes without a heap allocation.
const VARIABLES: usize = 3;

impl Fast {
    pub(super) fn new(states: &States) -> Self {
        let mut domains: Vec<(Box<str>, Domain)> = Vec::new();
        let root = states.get(0);
        for (domain, state) in root.into_iter().flat_map(|root| root.statics.iter()) {
            if let Some(routes) = Routes::new(states).domain(state) {
                domains.push((Box::from(domain), routes));
            }
        }
        // The domain without a subdomain comes first.
        domains.sort_by(|(a, _), (b, _)| b.cmp(a));
        Self {
            first: domains.pop(),
            others: domains.into_iter().collect(),
            is_exhaustive: root.is_none_or(|root| root.dynamics.is_empty()),
        }
    }

    #[inline]
    fn domain(&self, name: &str) -> Option<&Domain> {
        match &self.first {
            Some((first, domain)) if same(first, name) => Some(domain),
            _ => self.others.get(name),
        }
    }

    /// The rule that has the path letter by letter, if it is one alone.
    #[inline]
    pub(super) fn exact(&self, rules: &[Rule], target: Target<'_>) -> Option<&Candidate> {
        let only = self.domain(target.domain)?.exact.get(target.path)?;
        only.fits(target, rules).then_some(only)
    }

    /// The match of a rule whose last segment is its one variable. None tells nothing: the path may be another rule's,
    /// or the variable no value of its own.
    pub(super) fn last(&self, rules: &[Rule], target: Target<'_>) -> Option<Match> {
        let start = target.path.bytes().rposition(|byte| byte == b'/')? + 1;
        let before = target.path.get(..start)?;
        let last = self.domain(target.domain)?.last.get(before)?;
        last.matched(rules, target, start)
    }

    /// Searches part by part; none when the state machine has to look from the start.
    pub(super) fn search<'s>(
        &'s self,
        states: &'s States,
        rules: &[Rule],
        target: Target<'_>,
        trail: &mut Trail,
    ) -> Option<Found<'s>> {
        let domain = self.domain(target.domain)?;
        match self.route(&domain.router, states, rules, target, trail) {
            // The root has no route of its own: a route cannot be empty.
            Found::Nothing if target.path.is_empty() => None,
            Found::Nothing if !self.is_exhaustive => None,
            found => Some(found),
        }
    }

    fn route<'s>(
        &self,
        router: &'s Router<Entry>,
        states: &'s States,
        rules: &[Rule],
        target: Target<'_>,
        trail: &mut Trail,
    ) -> Found<'s> {
        let Ok(route) = router.at(target.path) else {
            return Found::Nothing;
        };
        let entry = route.value;
        let mut at = 0;
        for (before, check) in &entry.variables {
            at += *before as usize;
            let text = segment(target.path, at);
            match check {
                None => trail.spans.push(span(at, at + text.len())),
                Some(part) => {
                    if part.matches(text, at, &mut trail.spans).is_none() {
                        return Found::Nothing;
                    }
                }
            }
            at += text.len();
        }
        if let Some(only) = &entry.only
            && only.fits(target, rules)
        {
            return Found::Rule(only);
        }
        let place = match entry.goal {
            Goal::End => Place::End,
            Goal::Slash => Place::Segment(target.path.len()),
            Goal::Rest => Place::Segment(at + entry.tail as usize),
        };
        if place != Place::End {
            return states.search_from(entry.state, place, rules, target, trail);
        }
        match states.get(entry.state) {
            Some(state) => states.arrive(state, rules, target, trail),
            None => Found::Nothing,
        }
    }
}

/// Puts the states of a domain into a router.
struct Routes<'s> {
    states: &'s States,
    domain: Domain,
    /// States whose ways on are still to be added.
    open: Vec<Way>,
}

/// A state and the way to it.
struct Way {
    state: u32,
    route: String,
    variables: Variables,
    tail: u32,
}

impl<'s> Routes<'s> {
    fn new(states: &'s States) -> Self {
        Self {
            states,
            domain: Domain::default(),
            open: Vec::new(),
        }
    }

    /// Makes the routes; none when the rules of the domain are not for them.
    fn domain(mut self, domain: u32) -> Option<Domain> {
        let state = self.states.get(domain)?;
        // The text before the first slash of a path is always empty.
        let path = state.slash?;
        if !state.dynamics.is_empty() || self.has_empty_variables(path) {
            return None;
        }
        self.open.push(Way {
            state: path,
            route: String::new(),
            variables: Variables::new(),
            tail: 0,
        });
        while let Some(way) = self.open.pop() {
            let state = self.states.get(way.state)?;
            self.add_ends(state, &way)?;
            self.add_ways_on(state, way)?;
        }
        // A copy lies in memory in the order of the tree, which the original got piecemeal.
        self.domain.router = self.domain.router.clone();
        Some(self.domain)
    }

    /// Whether a variable below a state matches the empty text, which `matchit`
    /// never takes for a variable.
    fn has_empty_variables(&self, state: u32) -> bool {
        let mut open = vec![state];
        while let Some(state) = open.pop().and_then(|state| self.states.get(state)) {
            if state
                .dynamics
                .iter()
                .any(|(part, _)| part.matches_nothing())
            {
                return true;
            }
            open.extend(state.statics.iter().map(|(_, next)| next));
            open.extend(state.dynamics.iter().map(|(_, next)| *next));
        }
        false
    }

    /// Adds the paths that end in a state, with and without a slash.
    fn add_ends(&mut self, state: &State, way: &Way) -> Option<()> {
        let branch = state
            .slash
            .and_then(|slash| Some((slash, self.states.get(slash)?)));
        let branches = branch.is_some_and(|(_, branch)| !branch.rules.is_empty());
        if !way.route.is_empty() && (branches || !state.rules.is_empty()) {
            self.insert(way, "", way.state, Goal::End)?;
        }
        if let Some((slash, branch)) = branch
            && branch.loose
            && branch.is_leaf()
        {
            // A rule that ends with a slash and is not strict about another one.
            self.insert(way, "//", slash, Goal::Slash)?;
        }
        match branch {
            Some((slash, branch)) if branch.is_leaf() && !state.loose => {
                self.insert(way, "/", slash, Goal::End)
            }
            None if !state.loose => Some(()),
            _ => self.insert(way, "/", way.state, Goal::Slash),
        }
    }

    /// Adds the ways on from a state when there is no choice between them, and
    /// otherwise a route on which the state machine chooses.
    fn add_ways_on(&mut self, state: &State, mut way: Way) -> Option<()> {
        let empty = state.slash.and_then(|slash| self.states.get(slash));
        if empty.is_some_and(|empty| !empty.is_leaf()) {
            return self.insert(&way, "/{*rest}", way.state, Goal::Rest);
        }
        let mut statics = state
            .statics
            .iter()
            .filter(|(text, _)| !text.is_empty())
            .peekable();
        match state.dynamics.as_slice() {
            [] => {
                while let Some((text, next)) = statics.next() {
                    let tail = way.tail + length(text) + 1;
                    // The last one takes the route over: a long rule is no choice
                    // and must not be copied for each of its segments.
                    let (mut route, variables) = match statics.peek() {
                        Some(_) => (way.route.clone(), way.variables.clone()),
                        None => (mem::take(&mut way.route), mem::take(&mut way.variables)),
                    };
                    route.push('/');
                    route.push_str(&text.replace('{', "{{").replace('}', "}}"));
                    self.open.push(Way {
                        state: next,
                        route,
                        variables,
                        tail,
                    });
                }
                Some(())
            }
            [(part, next)]
                if statics.peek().is_none() && !part.is_final && self.has_room(&way, *next) =>
            {
                let mut variables = way.variables;
                let route = format!("{}/{{v{}}}", way.route, variables.len());
                let check = (!part.is_any_segment()).then(|| Arc::clone(part));
                variables.push((way.tail + 1, check));
                self.open.push(Way {
                    state: *next,
                    route,
                    variables,
                    tail: 0,
                });
                Some(())
            }
            _ => self.insert(&way, "/{*rest}", way.state, Goal::Rest),
        }
    }

    /// Whether a variable and what follows it can go into the route.
    fn has_room(&self, way: &Way, next: u32) -> bool {
        if way.variables.len() + 1 < VARIABLES {
            return true;
        }
        let mut open = vec![next];
        while let Some(state) = open.pop().and_then(|state| self.states.get(state)) {
            if !state.dynamics.is_empty() {
                return false;
            }
            open.extend(state.statics.iter().map(|(_, next)| next));
        }
        way.variables.len() < VARIABLES
    }

    fn insert(&mut self, way: &Way, end: &str, state: u32, goal: Goal) -> Option<()> {
        let rules = self.states.get(state).map(|state| state.rules.as_slice());
        let only = match (goal, rules) {
            (Goal::End, Some([only])) => Some(*only),
            _ => None,
        };
        let route = format!("{}{end}", way.route);
        // A brace in a route stands for two, or for a variable, and a path that begins with two slashes for another.
        let is_literal = !route.contains(['{', '}']) && !route.starts_with("//");
        if let (Some(only), true) = (only, is_literal) {
            self.domain.exact.insert(Box::from(&*route), only);
        }
        if let (Some(only), true) = (only, end.is_empty())
            && let Some((before, last)) = Last::of(only, &way.route, &way.variables)
        {
            self.domain.last.insert(before, last);
        }
        let entry = Entry {
            state,
            goal,
            only,
            variables: way.variables.clone(),
            tail: way.tail + 1,
        };
        self.domain.router.insert(route, entry).ok()
    }
}

impl State {
    fn is_leaf(&self) -> bool {
        self.dynamics.is_empty() && self.statics.iter().next().is_none()
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
