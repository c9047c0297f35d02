//! The parts of a rule: what one transition of the state machine looks at.

use std::cmp::Reverse;
use std::hash::{Hash, Hasher};
use std::mem;
use std::sync::Arc;

use regex_automata::meta::Regex;
use regex_automata::util::primitives::{NonMaxUsize, PatternID};
use regex_automata::{Anchored, Input};
use smallvec::{SmallVec, smallvec};

use crate::converter::{AnyConverter, Shape};
use crate::{RuleError, RuleErrorKind};

/// Places of captured text: where it begins and ends.
pub(crate) type Spans = SmallVec<[(u32, u32); 4]>;

/// Gives a place the form in which it is kept. Matching takes no text that is too
/// long for it.
pub(crate) fn span(start: usize, end: usize) -> (u32, u32) {
    (start as u32, end as u32)
}

/// What a rule's text is put together of, with converters in place.
#[derive(Debug)]
pub(crate) enum Piece {
    Slash,
    Text(String),
    Variable(AnyConverter),
}

/// One transition.
///
/// *Werkzeug:* `RulePart`.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// A segment without variables.
    Static(Box<str>),
    Dynamic(Arc<Dynamic>),
}

/// A segment with variables, or all that is left of the path.
#[derive(Debug)]
pub(crate) struct Dynamic {
    key: Vec<Key>,
    /// Whether the part takes all that is left.
    pub(crate) is_final: bool,
    /// Whether a slash at the end is looked at on its own.
    pub(crate) suffixed: bool,
    pub(crate) weight: Weight,
    test: Test,
}

/// By which parts are told apart: converters with equal patterns are the same.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Text(String),
    Pattern(String),
}

impl PartialEq for Dynamic {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
            && self.is_final == other.is_final
            && self.suffixed == other.suffixed
            && self.weight == other.weight
    }
}

impl Eq for Dynamic {}

impl Hash for Dynamic {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

/// Orders the dynamic transitions of a state: more static text first, then
/// longer static text, then more variables, then lighter ones.
///
/// *Werkzeug:* `Weighting`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Weight {
    statics: Reverse<usize>,
    lengths: Vec<Reverse<usize>>,
    arguments: Reverse<usize>,
    weights: Vec<i32>,
}

#[derive(Debug)]
enum Test {
    /// A single variable with text around it.
    Single {
        prefix: Box<str>,
        accepts: Accepts,
        suffix: Box<str>,
    },
    /// Several variables: their groups in the order of handing out.
    Several {
        regex: Regex,
        groups: SmallVec<[usize; 4]>,
    },
}

#[derive(Debug)]
enum Accepts {
    Shape(Shape),
    Regex(Regex),
}

impl Part {
    /// Divides a rule's pieces into parts, as Werkzeug's `Rule._parse_rule`.
    pub(crate) fn split(
        pieces: Vec<Piece>,
        text: &str,
        parts: &mut Vec<Self>,
    ) -> Result<(), RuleError> {
        let mut draft = Draft::default();
        for piece in pieces {
            match piece {
                Piece::Slash if draft.is_final => draft.push_text("/"),
                Piece::Slash => parts.push(mem::take(&mut draft).finish(text)?),
                Piece::Text(text) => {
                    draft.weight.statics.0 += 1;
                    draft.weight.lengths.push(Reverse(text.chars().count()));
                    draft.push_text(&text);
                }
                Piece::Variable(converter) => {
                    draft.weight.arguments.0 += 1;
                    draft.weight.weights.push(converter.weight());
                    draft.is_final |= !converter.part_isolating();
                    draft.pieces.push(Piece::Variable(converter));
                }
            }
        }
        if draft.is_final
            && let Some(Piece::Text(last)) = draft.pieces.last_mut()
            && last.ends_with('/')
        {
            last.pop();
            draft.suffixed = true;
        }
        let suffixed = draft.suffixed;
        parts.push(draft.finish(text)?);
        if suffixed {
            parts.push(Part::Static("".into()));
        }
        Ok(())
    }
}

#[derive(Default)]
struct Draft {
    /// Text and variables only.
    pieces: Vec<Piece>,
    is_final: bool,
    suffixed: bool,
    weight: Weight,
}

impl Draft {
    fn push_text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    fn finish(self, rule: &str) -> Result<Part, RuleError> {
        match self.pieces.as_slice() {
            [] => return Ok(Part::Static("".into())),
            [Piece::Text(text)] => return Ok(Part::Static(text.as_str().into())),
            _ => {}
        }
        let key = self.pieces.iter().map(|piece| match piece {
            Piece::Variable(converter) => Key::Pattern(converter.regex().into_owned()),
            Piece::Text(text) => Key::Text(text.clone()),
            Piece::Slash => Key::Text("/".to_owned()),
        });
        Ok(Part::Dynamic(Arc::new(Dynamic {
            key: key.collect(),
            is_final: self.is_final,
            suffixed: self.suffixed,
            weight: self.weight,
            test: Test::new(&self.pieces, rule)?,
        })))
    }
}

impl Test {
    fn new(pieces: &[Piece], rule: &str) -> Result<Self, RuleError> {
        let (prefix, rest) = match pieces {
            [Piece::Text(prefix), rest @ ..] => (prefix.as_str(), rest),
            rest => ("", rest),
        };
        let single = match rest {
            [Piece::Variable(converter)] => Some((converter, "")),
            [Piece::Variable(converter), Piece::Text(suffix)] => Some((converter, suffix.as_str())),
            _ => None,
        };
        if let Some((converter, suffix)) = single {
            return Ok(Test::Single {
                prefix: prefix.into(),
                accepts: Accepts::new(converter, rule)?,
                suffix: suffix.into(),
            });
        }
        let mut pattern = String::new();
        let mut names = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => pattern.push_str(&escape(text)),
                Piece::Slash => pattern.push('/'),
                Piece::Variable(converter) => {
                    // By itself first: its brackets must not pair with others.
                    Accepts::new(converter, rule)?;
                    let name = format!("__carafe_{}", names.len());
                    pattern.push_str(&format!("(?P<{name}>{})", converter.regex()));
                    names.push(name);
                }
            }
        }
        let regex = compile(&format!("{pattern}\\z"), rule)?;
        // Werkzeug sorts the groups by name, so that the eleventh variable of a
        // segment comes before the third.
        names.sort_unstable();
        let index = |name: &String| regex.group_info().to_index(PatternID::ZERO, name);
        let groups = names.iter().filter_map(index).collect();
        Ok(Test::Several { regex, groups })
    }
}

impl Accepts {
    fn new(converter: &AnyConverter, rule: &str) -> Result<Self, RuleError> {
        Ok(match converter {
            AnyConverter::Builtin(builtin) => Accepts::Shape(builtin.shape()),
            AnyConverter::Custom(custom) => {
                compile(&custom.regex(), rule)?;
                Accepts::Regex(compile(&format!("(?:{})\\z", custom.regex()), rule)?)
            }
        })
    }

    fn whole(&self, text: &str) -> bool {
        match self {
            Accepts::Shape(shape) => shape.accepts(text),
            Accepts::Regex(regex) => regex.is_match(Input::new(text).anchored(Anchored::Yes)),
        }
    }
}

fn compile(pattern: &str, rule: &str) -> Result<Regex, RuleError> {
    Regex::new(pattern).map_err(|error| {
        let reason = error
            .syntax_error()
            .map_or_else(|| error.to_string(), ToString::to_string);
        let hint = match cfg!(feature = "patterns") {
            true => "",
            false => "; Unicode's classes and (?i) take the feature `patterns`",
        };
        let message =
            format!("the pattern {pattern:?} of a converter cannot be used: {reason}{hint}");
        RuleError::new(RuleErrorKind::Pattern, rule, None, message)
    })
}

/// Takes off what stands around a variable.
fn within<'t>(mut text: &'t str, prefix: &str, suffix: &str) -> Option<&'t str> {
    // Most variables have nothing around them: no need to compare anything.
    if !prefix.is_empty() {
        text = text.strip_prefix(prefix)?;
    }
    if !suffix.is_empty() {
        text = text.strip_suffix(suffix)?;
    }
    Some(text)
}

/// Escapes text for a regular expression.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

impl Dynamic {
    /// Matches all of `target`, a segment or the rest of the path.
    ///
    /// Adds the captured places to `spans`. Tells whether the part goes on with
    /// the slash it took off, which only a suffixed part does.
    pub(crate) fn matches(&self, target: &str, base: usize, spans: &mut Spans) -> Option<bool> {
        let mut text = target;
        let mut slash = false;
        if self.suffixed {
            if let Some(stripped) = target.strip_suffix('/') {
                text = stripped;
                slash = true;
            }
            if text.ends_with('/') {
                return None;
            }
        }
        self.captures(text, base, spans).then_some(slash)
    }

    fn captures(&self, text: &str, base: usize, spans: &mut Spans) -> bool {
        match &self.test {
            Test::Single {
                prefix,
                accepts,
                suffix,
            } => {
                let inner = within(text, prefix, suffix).filter(|inner| accepts.whole(inner));
                if let Some(inner) = inner {
                    let start = base + prefix.len();
                    spans.push(span(start, start + inner.len()));
                }
                inner.is_some()
            }
            Test::Several { regex, groups } => {
                let input = Input::new(text).anchored(Anchored::Yes);
                let slots = regex.group_info().slot_len();
                let mut slots: SmallVec<[Option<NonMaxUsize>; 16]> = smallvec![None; slots];
                if regex.search_slots(&input, &mut slots).is_none() {
                    return false;
                }
                spans.extend(groups.iter().map(|group| {
                    let place = |slot: usize| {
                        let place = slots.get(slot).copied().flatten();
                        base + place.map_or(0, NonMaxUsize::get)
                    };
                    span(place(group * 2), place(group * 2 + 1))
                }));
                true
            }
        }
    }

    /// What the text has to look like where it is one variable and nothing around it.
    pub(crate) fn shape(&self) -> Option<&Shape> {
        match &self.test {
            Test::Single {
                prefix,
                accepts: Accepts::Shape(shape),
                suffix,
            } if prefix.is_empty() && suffix.is_empty() => Some(shape),
            _ => None,
        }
    }

    /// Whether the part matches every segment that is not empty.
    pub(crate) fn is_any_segment(&self) -> bool {
        let any = |shape: &Shape| {
            matches!(
                shape,
                Shape::Text {
                    least: 1,
                    most: None
                }
            )
        };
        self.shape().is_some_and(any)
    }

    /// Whether the part matches the empty text.
    pub(crate) fn matches_nothing(&self) -> bool {
        self.matches("", 0, &mut Spans::new()).is_some()
    }
}
