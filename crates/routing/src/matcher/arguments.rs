//! The arguments of a match: captured text, converted.

use std::borrow::Cow;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::converter::{AnyConverter, Builtin};
use crate::matcher::Target;
use crate::matcher::segments::Candidate;
use crate::outcome::Arg;
use crate::part::Spans;
use crate::{MapOptions, Match, Rule, RuleId, ValidationError, Value, Values};

/// How the captured text of a rule becomes its values, where that takes no look at
/// the rule: in a large map a rule is far away.
#[derive(Debug, Clone, Copy)]
pub(super) enum Direct {
    /// All of it as it stands.
    Text,
    /// Some of it is read as numbers or UUIDs.
    Kinds([Kind; KINDS]),
}

/// What a captured text stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Text,
    Int,
    Uuid,
}

/// How many variables have a kind; those behind them are text.
const KINDS: usize = 4;

impl Direct {
    /// None for rules that have defaults, take variables from the domain, or whose
    /// converters have a further say.
    pub(super) fn new(rule: &Rule) -> Option<Self> {
        let bound = rule.bound.as_ref()?;
        if !rule.defaults.is_empty() || bound.domain_variables != 0 {
            return None;
        }
        let mut kinds = [Kind::Text; KINDS];
        for (at, variable) in bound.variables.iter().enumerate() {
            let kind = Kind::of(&variable.converter)?;
            match kinds.get_mut(at) {
                Some(place) => *place = kind,
                None if kind == Kind::Text => {}
                None => return None,
            }
        }
        Some(match kinds == [Kind::Text; KINDS] {
            true => Self::Text,
            false => Self::Kinds(kinds),
        })
    }

    /// What the first captured text stands for.
    pub(super) fn first(self) -> Kind {
        match self {
            Self::Text => Kind::Text,
            Self::Kinds([first, ..]) => first,
        }
    }

    /// The match; none when a number is too large or not in ASCII's digits.
    pub(super) fn values(
        self,
        rule: RuleId,
        path: &str,
        spans: &Spans,
        shift: i32,
    ) -> Option<Match> {
        match self {
            Self::Text => Some(plain(rule, spans, shift)),
            Self::Kinds(kinds) => read(kinds, rule, path, spans, shift),
        }
    }
}

/// The match of a rule that hands out text alone.
#[inline]
pub(super) fn plain(rule: RuleId, spans: &Spans, shift: i32) -> Match {
    if spans.is_empty() {
        return Match::without_args(rule);
    }
    let moved = |(start, end): &(u32, u32)| Arg::Span {
        start: start.wrapping_add_signed(shift),
        end: end.wrapping_add_signed(shift),
    };
    Match {
        rule,
        args: Some(spans.iter().map(moved).collect()),
    }
}

/// Reads captured text as what it stands for.
fn read(
    kinds: [Kind; KINDS],
    rule: RuleId,
    path: &str,
    spans: &Spans,
    shift: i32,
) -> Option<Match> {
    let mut args = SmallVec::new();
    for (at, place) in spans.iter().enumerate() {
        let kind = kinds.get(at).copied().unwrap_or(Kind::Text);
        args.push(kind.arg(path, *place, shift)?);
    }
    Some(Match {
        rule,
        args: Some(args),
    })
}

impl Kind {
    /// The argument that a captured text is; none of a number that is too large or not in ASCII's digits.
    #[inline]
    pub(super) fn arg(self, path: &str, (from, to): (u32, u32), shift: i32) -> Option<Arg> {
        let (start, end) = (
            from.wrapping_add_signed(shift),
            to.wrapping_add_signed(shift),
        );
        Some(match self {
            Self::Text => Arg::Span { start, end },
            Self::Uuid => Arg::Uuid { start, end },
            Self::Int => Arg::Int(path.get(from as usize..to as usize)?.parse().ok()?),
        })
    }

    fn of(converter: &AnyConverter) -> Option<Self> {
        let AnyConverter::Builtin(builtin) = converter else {
            return None;
        };
        match builtin {
            Builtin::Text { .. } | Builtin::Any(_) | Builtin::Path => Some(Self::Text),
            Builtin::Uuid => Some(Self::Uuid),
            Builtin::Int(int) => int.takes_any_number().then_some(Self::Int),
            Builtin::Float(_) => None,
        }
    }
}

/// Converts the captured places to the arguments of the rule.
#[inline]
pub(super) fn values(
    candidate: &Candidate,
    rules: &[Rule],
    target: Target<'_>,
    spans: &Spans,
    shift: i32,
) -> Result<Match, ValidationError> {
    let direct = candidate.direct;
    if let Some(found) =
        direct.and_then(|direct| direct.values(candidate.id, target.path, spans, shift))
    {
        return Ok(found);
    }
    match rules.get(candidate.id.index()) {
        Some(rule) => converted(rule, target, spans, shift),
        None => Err(ValidationError::new("the rule belongs to no map")),
    }
}

/// Asks the rule's converters.
#[inline(never)] // keeps the way of a direct match short
fn converted(
    rule: &Rule,
    target: Target<'_>,
    spans: &Spans,
    shift: i32,
) -> Result<Match, ValidationError> {
    let Some(bound) = &rule.bound else {
        return Err(ValidationError::new("the rule belongs to no map"));
    };
    let mut args = SmallVec::new();
    let default = |at: usize| {
        rule.defaults
            .get(at)
            .map(|(_, value)| Arg::Shared(Arc::clone(value)))
    };
    for (at, (variable, (start, end))) in bound.variables.iter().zip(spans).enumerate() {
        let in_domain = at < bound.domain_variables;
        let text = if in_domain {
            target.domain
        } else {
            target.path
        };
        let text = text.get(*start as usize..*end as usize).unwrap_or_default();
        let place = match in_domain {
            true => None,
            false => start
                .checked_add_signed(shift)
                .zip(end.checked_add_signed(shift)),
        };
        let arg = convert(&variable.converter, text, place)?;
        // A default takes the place of what the URL has, as in Werkzeug; the
        // text had to be converted all the same, since that may refuse it.
        let default = bound
            .default_of
            .get(at)
            .copied()
            .flatten()
            .and_then(default);
        args.push(default.unwrap_or(arg));
    }
    for at in bound.default_of.iter().skip(bound.variables.len()) {
        args.extend(at.and_then(default));
    }
    Ok(Match {
        rule: bound.id,
        args: Some(args),
    })
}

fn convert(
    converter: &AnyConverter,
    text: &str,
    place: Option<(u32, u32)>,
) -> Result<Arg, ValidationError> {
    Ok(match converter {
        AnyConverter::Builtin(builtin) => match builtin {
            Builtin::Text { .. } | Builtin::Any(_) | Builtin::Path => text_arg(text, place),
            Builtin::Int(int) => match int.to_value(text)? {
                Value::Int(number) => Arg::Int(number),
                other => Arg::Shared(Arc::new(other)),
            },
            Builtin::Float(float) => Arg::Float(float.to_value(text)?),
            Builtin::Uuid => match place {
                Some((start, end)) => Arg::Uuid { start, end },
                None => {
                    let uuid = text
                        .parse()
                        .map_err(|_| ValidationError::new("not a UUID"))?;
                    Arg::Shared(Arc::new(Value::Uuid(uuid)))
                }
            },
        },
        AnyConverter::Custom(custom) => match custom.to_value(text)? {
            Value::Int(number) => Arg::Int(number),
            Value::Float(number) => Arg::Float(number),
            // The converter handed the text over as it came.
            Value::Str(Cow::Borrowed(same)) if std::ptr::eq(same, text) => text_arg(text, place),
            other => Arg::Shared(Arc::new(other.into_owned())),
        },
    })
}

fn text_arg(text: &str, place: Option<(u32, u32)>) -> Arg {
    match place {
        Some((start, end)) => Arg::Span { start, end },
        None => Arg::Shared(Arc::new(Value::Str(Cow::Owned(text.to_owned())))),
    }
}

impl Rule {
    /// Whether a match calls converters of the user's own.
    pub(super) fn has_custom_converters(&self) -> bool {
        let variables = self.bound.iter().flat_map(|bound| &bound.variables);
        variables
            .map(|variable| &variable.converter)
            .any(|converter| matches!(converter, AnyConverter::Custom(_)))
    }

    /// Whether a match may end in a redirect to another rule or place.
    pub(super) fn may_redirect(&self, options: &MapOptions, targets: &[Vec<RuleId>]) -> bool {
        let has_targets = |id: RuleId| targets.get(id.index()).is_some_and(|ids| !ids.is_empty());
        self.redirect_to.is_some()
            || options.redirect_defaults && (self.alias || self.id().is_some_and(has_targets))
    }
}

impl Match {
    /// The arguments by name, as redirects and building take them.
    pub(crate) fn to_values<'a>(&'a self, rule: &'a Rule, path: &'a str) -> Values<'a> {
        rule.arguments()
            .map(|(name, _)| name)
            .zip(self.args(path))
            .collect()
    }
}
