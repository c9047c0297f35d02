//! Sets of HTTP methods: a bit for each usual one, names for the rest.

use std::sync::Arc;

const KNOWN: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT",
];

/// A method to look for, prepared once a match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Method<'a> {
    bit: u16,
    name: &'a str,
}

impl<'a> Method<'a> {
    /// `name` is in upper case already, or matches no rule that lists methods.
    pub(crate) fn new(name: &'a str) -> Self {
        let bit = match name {
            // The one method that most requests have needs no search.
            "GET" => 1,
            _ => bit(name),
        };
        Self { bit, name }
    }

    /// Whether the method has a bit.
    pub(crate) fn is_usual(self) -> bool {
        self.bit != 0
    }

    pub(crate) fn name(self) -> &'a str {
        self.name
    }

    /// The method's bit; 0 for a method that has none.
    pub(crate) fn bit(self) -> u16 {
        self.bit
    }
}

fn bit(name: &str) -> u16 {
    KNOWN
        .iter()
        .position(|known| *known == name)
        .map_or(0, |at| 1 << at)
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct MethodSet {
    bits: u16,
    /// Sorted.
    others: Vec<Arc<str>>,
}

impl MethodSet {
    pub(crate) fn insert(&mut self, name: &str) {
        match bit(name) {
            0 => {
                if let Err(at) = self
                    .others
                    .binary_search_by(|known| known.as_ref().cmp(name))
                {
                    self.others.insert(at, name.into());
                }
            }
            bit => self.bits |= bit,
        }
    }

    pub(crate) fn contains(&self, method: Method<'_>) -> bool {
        self.bits & method.bit != 0
            || method.bit == 0
                && self
                    .others
                    .iter()
                    .any(|known| known.as_ref() == method.name)
    }

    /// The bits of the usual methods.
    pub(crate) fn bits(&self) -> u16 {
        self.bits
    }

    /// Whether there are methods without a bit.
    pub(crate) fn has_others(&self) -> bool {
        !self.others.is_empty()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.contains(Method::new(name))
    }

    /// Whether the sets share a method other than `HEAD` and `OPTIONS`.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let ignored = bit("HEAD") | bit("OPTIONS");
        self.bits & other.bits & !ignored != 0
            || self.others.iter().any(|name| other.others.contains(name))
    }

    pub(crate) fn union(&mut self, other: &Self) {
        self.bits |= other.bits;
        for name in &other.others {
            self.insert(name);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bits == 0 && self.others.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let known = KNOWN.iter().enumerate();
        let known = known
            .filter(|(at, _)| self.bits >> at & 1 == 1)
            .map(|(_, name)| *name);
        known.chain(self.others.iter().map(AsRef::as_ref))
    }

    pub(crate) fn sorted(&self) -> Vec<String> {
        let mut names: Vec<String> = self.iter().map(str::to_owned).collect();
        names.sort_unstable();
        names
    }
}
