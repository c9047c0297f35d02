//! The entries of a mapping that is being written: their keys, and their order in the end.

use std::cmp::Ordering;

use carafe_sessions::python_json::push_float;
use serde::Serialize;
use serde::ser::{Error as _, Impossible, Serializer};

use crate::json::JsonError;
use crate::json::exact::{Exact, refuse};
use crate::json::writer::Writer;

/// What is known of the entries of one mapping; where they stand is kept with the writer.
pub(super) struct Entries {
    /// How many places belong to the mappings around this one.
    outer: usize,
    empty: bool,
    /// Whether their places are kept, to sort them.
    kept: bool,
    sorted: bool,
}

/// Where an entry stands in the text, so that entries can be sorted once all are written.
pub(super) struct Place {
    start: usize,
    key_end: usize,
    end: usize,
    number: bool,
}

impl Entries {
    /// Those of a mapping that has more than one, as far as is known.
    pub(super) fn new(writer: &Writer<'_>) -> Entries {
        Entries {
            kept: writer.style.sort_keys,
            ..Entries::of_one(writer)
        }
    }

    /// Those of a mapping that has one at most, by its own account: there is nothing to sort.
    pub(super) fn of_one(writer: &Writer<'_>) -> Entries {
        Entries {
            outer: writer.places.len(),
            empty: true,
            kept: false,
            sorted: true,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }

    /// Takes note of an entry whose key has been written from `start` on.
    pub(super) fn begin(&mut self, writer: &mut Writer<'_>, start: usize, number: bool) {
        self.empty = false;
        if self.kept {
            let key_end = writer.out.len();
            writer.places.push(Place {
                start,
                key_end,
                end: key_end,
                number,
            });
            if let Some([.., last, place]) = writer.places.get(self.outer..) {
                self.sorted &= last.compare(place, writer.out) != Ordering::Greater;
            }
        }
    }

    /// Takes note that the value of the entry has been written.
    pub(super) fn end(&mut self, writer: &mut Writer<'_>) {
        if self.kept
            && let Some(place) = writer.places.last_mut()
        {
            place.end = writer.out.len();
        }
    }

    /// Brings the entries in the order of their keys.
    pub(super) fn sort(&self, writer: &mut Writer<'_>) {
        if self.kept {
            self.sort_kept(writer);
        }
    }

    fn sort_kept(&self, writer: &mut Writer<'_>) {
        let places = writer.places.get_mut(self.outer..).unwrap_or_default();
        if let ([first, second, ..], false) = (&*places, self.sorted) {
            let out = &mut *writer.out;
            let (start, end) = (first.start, out.len());
            let separator = first.end..second.start;
            places.sort_by(|one, other| one.compare(other, out));
            // The entries are written again behind themselves, and then move to where they began.
            for (index, place) in places.iter().enumerate() {
                if index > 0 {
                    out.extend_from_within(separator.clone());
                }
                out.extend_from_within(place.start..place.end);
            }
            out.drain(start..end);
        }
        writer.places.truncate(self.outer);
    }
}

impl Place {
    /// Compares keys as Python does: numbers by value, texts by code points.
    fn compare(&self, other: &Place, out: &str) -> Ordering {
        let are_numbers = self.number && other.number;
        let (one, other) = (self.key(out), other.key(out));
        match are_numbers {
            true => compare_digits(one, other),
            false => compare_texts(one, other),
        }
    }

    /// The key without the quote that ends it, which would order before other characters.
    fn key<'a>(&self, out: &'a str) -> &'a [u8] {
        let key = out.get(self.start..self.key_end - 1);
        key.unwrap_or_default().as_bytes()
    }
}

/// Compares two texts as they are written. UTF-8 orders as code points do, escapes do not.
fn compare_texts(one: &[u8], other: &[u8]) -> Ordering {
    // Most keys differ before anything is escaped.
    for (byte, counterpart) in one.iter().zip(other) {
        if *byte == b'\\' || *counterpart == b'\\' {
            return Points(one).cmp(Points(other));
        }
        if byte != counterpart {
            return byte.cmp(counterpart);
        }
    }
    one.len().cmp(&other.len())
}

/// Compares two whole numbers in decimal digits, after the quote that begins the key.
fn compare_digits(one: &[u8], other: &[u8]) -> Ordering {
    let sign = |digits: &[u8]| digits.get(1) == Some(&b'-');
    match (sign(one), sign(other)) {
        (false, false) => (one.len(), one).cmp(&(other.len(), other)),
        (true, true) => (other.len(), other).cmp(&(one.len(), one)),
        (one, other) => other.cmp(&one),
    }
}

/// The code points of an escaped text.
struct Points<'a>(&'a [u8]);

impl Points<'_> {
    /// Reads one code point or, from an escape, one UTF-16 unit.
    fn unit(&mut self) -> Option<u32> {
        let (&first, mut rest) = self.0.split_first()?;
        let mut point = u32::from(first);
        if first == b'\\' {
            let (&letter, after) = rest.split_first()?;
            rest = after;
            point = match letter {
                b'b' => 0x08,
                b'f' => 0x0c,
                b'n' => 0x0a,
                b'r' => 0x0d,
                b't' => 0x09,
                b'u' => {
                    let (digits, after) = rest.split_at_checked(4)?;
                    rest = after;
                    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
                }
                other => other.into(),
            };
        } else if first >= 0xc0 {
            let (length, lead) = match first {
                0xf0.. => (3, point & 0x07),
                0xe0.. => (2, point & 0x0f),
                _ => (1, point & 0x1f),
            };
            let (tail, after) = rest.split_at_checked(length)?;
            rest = after;
            point = tail
                .iter()
                .fold(lead, |point, byte| point << 6 | u32::from(byte & 0x3f));
        }
        self.0 = rest;
        Some(point)
    }
}

impl Iterator for Points<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let point = self.unit()?;
        if (0xd800..0xdc00).contains(&point) {
            let mut ahead = Points(self.0);
            if let Some(low @ 0xdc00..0xe000) = ahead.unit() {
                self.0 = ahead.0;
                return Some(0x1_0000 + ((point - 0xd800) << 10) + (low - 0xdc00));
            }
        }
        Some(point)
    }
}

/// Writes the key of an entry: a text, or what Python turns into one. Says whether it was a whole number.
pub(super) struct Key<'k, 'w> {
    pub(super) writer: &'k mut Writer<'w>,
}

impl Key<'_, '_> {
    fn quoted(self, text: &str) -> Result<bool, JsonError> {
        self.writer.text(text);
        Ok(false)
    }

    fn number(self, number: impl itoa::Integer) -> Result<bool, JsonError> {
        self.writer.out.push('"');
        self.writer.out.push_str(itoa::Buffer::new().format(number));
        self.writer.out.push('"');
        Ok(true)
    }

    fn unfit<T>(self) -> Result<T, JsonError> {
        Err(JsonError::custom(
            "keys must be text, numbers, booleans or null",
        ))
    }
}

macro_rules! numbers {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method(self, value: $type) -> Result<bool, JsonError> {
            self.number(value)
        }
    )*};
}

impl Serializer for Key<'_, '_> {
    type Ok = bool;
    type Error = JsonError;
    type SerializeSeq = Impossible<bool, JsonError>;
    type SerializeTuple = Impossible<bool, JsonError>;
    type SerializeTupleStruct = Impossible<bool, JsonError>;
    type SerializeTupleVariant = Impossible<bool, JsonError>;
    type SerializeMap = Impossible<bool, JsonError>;
    type SerializeStruct = Impossible<bool, JsonError>;
    type SerializeStructVariant = Impossible<bool, JsonError>;

    numbers! {
        serialize_i8: i8;
        serialize_i16: i16;
        serialize_i32: i32;
        serialize_i64: i64;
        serialize_i128: i128;
        serialize_u8: u8;
        serialize_u16: u16;
        serialize_u32: u32;
        serialize_u64: u64;
        serialize_u128: u128;
    }

    fn serialize_bool(self, value: bool) -> Result<bool, JsonError> {
        self.quoted(if value { "true" } else { "false" })
    }

    fn serialize_f32(self, value: f32) -> Result<bool, JsonError> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<bool, JsonError> {
        self.writer.out.push('"');
        push_float(self.writer.out, value);
        self.writer.out.push('"');
        Ok(false)
    }

    fn serialize_char(self, value: char) -> Result<bool, JsonError> {
        self.quoted(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<bool, JsonError> {
        self.quoted(value)
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<bool, JsonError> {
        self.unfit()
    }

    fn serialize_none(self) -> Result<bool, JsonError> {
        self.quoted("null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<bool, JsonError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<bool, JsonError> {
        self.quoted("null")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<bool, JsonError> {
        self.quoted("null")
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<bool, JsonError> {
        self.quoted(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<bool, JsonError> {
        match Exact::wanted(name) {
            true => value
                .serialize(Exact {
                    name,
                    writer: self.writer,
                })
                .map(|()| false),
            false => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<bool, JsonError> {
        self.unfit()
    }

    refuse! {
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}
