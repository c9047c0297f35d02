//! The arguments of a match: captured text, converted.

use std::borrow::Cow;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::bound::Variable;
use crate::converter::{AnyConverter, Builtin};
use crate::matcher::Target;
use crate::matcher::segments::Candidate;
use crate::outcome::Arg;
use crate::part::Spans;
use crate::{MapOptions, Match, Rule, RuleId, ValidationError, Value, ValueType, Values};

/// The match of a rule that hands out text alone.
pub(super) fn plain(candidate: &Candidate, spans: &Spans, shift: i32) -> Match {
    let mut args = SmallVec::new();
    for (start, end) in spans {
        let moved = |at: u32| at.wrapping_add_signed(shift);
        args.push(Arg::Span {
            start: moved(*start),
            end: moved(*end),
        });
    }
    Match {
        rule: candidate.id,
        args,
    }
}

/// Converts the captured places to the arguments of the rule.
pub(super) fn values(
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
        args,
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
    /// Whether a match is the captured text of the path and nothing else, where it does not redirect.
    pub(super) fn hands_out_text_alone(&self) -> bool {
        let Some(bound) = &self.bound else {
            return false;
        };
        let is_text = |variable: &Variable| match &variable.converter {
            AnyConverter::Builtin(builtin) => builtin.value_type() == ValueType::Str,
            AnyConverter::Custom(_) => false,
        };
        self.defaults.is_empty()
            && bound.domain_variables == 0
            && bound.variables.iter().all(is_text)
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
