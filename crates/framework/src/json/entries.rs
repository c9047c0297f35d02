//! The entries of a mapping that is being written: their keys, and their order in the end.

use std::cmp::Ordering;

use carafe_sessions::python_json::push_float;
use serde::Serialize;
use serde::ser::{Error as _, Impossible, Serializer};
use smallvec::SmallVec;

use crate::json::JsonError;
use crate::json::exact::{Exact, refuse};
use crate::json::writer::Writer;

/// Where the entries of a mapping stand in the text, so that they can be sorted once all are written.
pub(super) struct Entries {
    places: SmallVec<[Place; 8]>,
    empty: bool,
    sorted: bool,
}

struct Place {
    start: usize,
    key_end: usize,
    end: usize,
    number: Option<i128>,
}

impl Entries {
    pub(super) fn new() -> Entries {
        Entries {
            places: SmallVec::new(),
            empty: true,
            sorted: true,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }

    /// Takes note of an entry whose key has been written from `start` on.
    pub(super) fn begin(&mut self, start: usize, out: &str, number: Option<i128>, sort_keys: bool) {
        self.empty = false;
        if sort_keys {
            let place = Place {
                start,
                key_end: out.len(),
                end: out.len(),
                number,
            };
            if let Some(last) = self.places.last() {
                self.sorted &= last.compare(&place, out) != Ordering::Greater;
            }
            self.places.push(place);
        }
    }

    /// Takes note that the value of the entry has been written up to `end`.
    pub(super) fn end(&mut self, end: usize) {
        if let Some(place) = self.places.last_mut() {
            place.end = end;
        }
    }

    /// Brings the entries in the order of their keys.
    pub(super) fn sort(&mut self, out: &mut String) {
        let [first, second, ..] = self.places.as_slice() else {
            return;
        };
        if self.sorted {
            return;
        }
        let start = first.start;
        let separator = first.end..second.start;
        self.places.sort_by(|one, other| one.compare(other, out));
        let mut text = String::with_capacity(out.len() - start);
        for place in &self.places {
            if !text.is_empty() {
                text.push_str(out.get(separator.clone()).unwrap_or_default());
            }
            text.push_str(out.get(place.start..place.end).unwrap_or_default());
        }
        out.truncate(start);
        out.push_str(&text);
    }
}

impl Place {
    /// Compares keys as Python does: numbers by value, texts by code points.
    fn compare(&self, other: &Place, out: &str) -> Ordering {
        if let (Some(one), Some(other)) = (self.number, other.number) {
            return one.cmp(&other);
        }
        // The quote that ends a key is left out: it would order before other characters.
        let key = |place: &Place| {
            out.get(place.start..place.key_end - 1)
                .unwrap_or_default()
                .as_bytes()
        };
        let (one, other) = (key(self), key(other));
        // UTF-8 orders as code points do, escapes do not.
        if one.contains(&b'\\') || other.contains(&b'\\') {
            return Points(one).cmp(Points(other));
        }
        one.cmp(other)
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

/// Writes the key of an entry: a text, or what Python turns into one. Returns the number it was.
pub(super) struct Key<'k, 'w> {
    pub(super) writer: &'k mut Writer<'w>,
}

impl Key<'_, '_> {
    fn quoted(self, text: &str) -> Result<Option<i128>, JsonError> {
        self.writer.text(text);
        Ok(None)
    }

    fn number<N: itoa::Integer + Copy>(
        self,
        number: N,
        order: Option<i128>,
    ) -> Result<Option<i128>, JsonError> {
        self.writer.out.push('"');
        self.writer.out.push_str(itoa::Buffer::new().format(number));
        self.writer.out.push('"');
        Ok(order)
    }

    fn unfit<T>(self) -> Result<T, JsonError> {
        Err(JsonError::custom(
            "keys must be text, numbers, booleans or null",
        ))
    }
}

macro_rules! numbers {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method(self, value: $type) -> Result<Option<i128>, JsonError> {
            self.number(value, i128::try_from(value).ok())
        }
    )*};
}

impl Serializer for Key<'_, '_> {
    type Ok = Option<i128>;
    type Error = JsonError;
    type SerializeSeq = Impossible<Option<i128>, JsonError>;
    type SerializeTuple = Impossible<Option<i128>, JsonError>;
    type SerializeTupleStruct = Impossible<Option<i128>, JsonError>;
    type SerializeTupleVariant = Impossible<Option<i128>, JsonError>;
    type SerializeMap = Impossible<Option<i128>, JsonError>;
    type SerializeStruct = Impossible<Option<i128>, JsonError>;
    type SerializeStructVariant = Impossible<Option<i128>, JsonError>;

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

    fn serialize_bool(self, value: bool) -> Result<Option<i128>, JsonError> {
        self.quoted(if value { "true" } else { "false" })
    }

    fn serialize_f32(self, value: f32) -> Result<Option<i128>, JsonError> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Option<i128>, JsonError> {
        self.writer.out.push('"');
        push_float(self.writer.out, value);
        self.writer.out.push('"');
        Ok(None)
    }

    fn serialize_char(self, value: char) -> Result<Option<i128>, JsonError> {
        self.quoted(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<Option<i128>, JsonError> {
        self.quoted(value)
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<Option<i128>, JsonError> {
        self.unfit()
    }

    fn serialize_none(self) -> Result<Option<i128>, JsonError> {
        self.quoted("null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Option<i128>, JsonError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Option<i128>, JsonError> {
        self.quoted("null")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Option<i128>, JsonError> {
        self.quoted("null")
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Option<i128>, JsonError> {
        self.quoted(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Option<i128>, JsonError> {
        match Exact::wanted(name) {
            true => value
                .serialize(Exact {
                    name,
                    writer: self.writer,
                })
                .map(|()| None),
            false => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<Option<i128>, JsonError> {
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
