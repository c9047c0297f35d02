//! Rules whose last segment is their one variable, such as `/user/<int:id>`: they are found by the text before it.

use crate::converter::Shape;
use crate::matcher::Target;
use crate::matcher::arguments::Kind;
use crate::matcher::fast::Variables;
use crate::matcher::segments::Candidate;
use crate::part::span;
use crate::{Match, Rule};

/// Such a rule, where no other one could win.
#[derive(Debug)]
pub(super) struct Last {
    only: Candidate,
    kind: Kind,
    /// What the variable has to look like; none where any segment will do.
    shape: Option<Shape>,
}

impl Last {
    /// The text before the variable, and what is behind it; none of a rule of another kind.
    pub(super) fn of(
        only: Candidate,
        route: &str,
        variables: &Variables,
    ) -> Option<(Box<str>, Self)> {
        let [(_, check)] = variables.as_slice() else {
            return None;
        };
        let before = route.strip_suffix("{v0}")?;
        // A brace in a route stands for two.
        if before.contains(['{', '}']) {
            return None;
        }
        let shape = match check {
            None => None,
            Some(part) => Some(part.shape()?.clone()),
        };
        let kind = only.first_kind()?;
        Some((before.into(), Self { only, kind, shape }))
    }

    /// The match of a path whose last segment begins at a byte.
    pub(super) fn matched(
        &self,
        rules: &[Rule],
        target: Target<'_>,
        start: usize,
    ) -> Option<Match> {
        let text = target.path.get(start..)?;
        let is_value = match &self.shape {
            None => !text.is_empty(),
            Some(shape) => shape.accepts(text),
        };
        if !is_value || !self.only.fits(target, rules) {
            return None;
        }
        let place = span(start, target.path.len());
        let arg = self.kind.arg(target.path, place, 0)?;
        Some(Match::with_arg(self.only.id, arg))
    }
}
