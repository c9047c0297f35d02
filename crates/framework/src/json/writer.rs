//! Any serde type as JSON text in Python's spelling, in one pass. Flask: `json.dumps`.

use std::iter;

use carafe_sessions::python_json::{push_float, push_str};
use serde::Serialize;
use serde::ser::{self, Error as _, Serializer};
use smallvec::SmallVec;

use crate::json::JsonError;
use crate::json::entries::{Entries, Key, Place};
use crate::json::exact::Exact;

/// How the text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// No space at all. *Flask:* `separators=(",", ":")`.
    Compact,
    /// A space after commas and colons: the default of `json.dumps`.
    Spaced,
    /// A line for each item, two spaces a level. *Flask:* `indent=2`.
    Indented,
}

/// What of a text can be chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) sort_keys: bool,
    pub(crate) ensure_ascii: bool,
    pub(crate) layout: Layout,
}

/// How long most texts are, at most.
pub(super) const USUAL: usize = 128;

/// Writes `value` as JSON text behind what is there.
///
/// # Errors
/// The value holds bytes, or its `Serialize` fails.
pub(crate) fn write<T: Serialize + ?Sized>(
    out: &mut String,
    value: &T,
    style: Style,
) -> Result<(), JsonError> {
    value.serialize(&mut Writer {
        out,
        style,
        depth: 0,
        places: SmallVec::new(),
    })
}

pub(super) struct Writer<'a> {
    pub(super) out: &'a mut String,
    pub(super) style: Style,
    depth: usize,
    /// The entries of the mappings that are open, innermost last; few texts have more of them at a time.
    pub(super) places: SmallVec<[Place; 8]>,
}

impl Writer<'_> {
    pub(super) fn text(&mut self, text: &str) {
        push_str(self.out, text, self.style.ensure_ascii);
    }

    fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth += 1;
    }

    fn close(&mut self, bracket: char, empty: bool) {
        self.depth -= 1;
        if !empty {
            self.line();
        }
        self.out.push(bracket);
    }

    /// Writes what stands before an item.
    fn separate(&mut self, first: bool) {
        if !first {
            self.mark(',', self.style.layout == Layout::Spaced);
        }
        self.line();
    }

    fn line(&mut self) {
        if self.style.layout == Layout::Indented {
            self.out.push('\n');
            self.out.extend(iter::repeat_n(' ', 2 * self.depth));
        }
    }

    fn colon(&mut self) {
        self.mark(':', self.style.layout != Layout::Compact);
    }

    /// Writes a mark between items: a character by itself is not copied as a text would be.
    fn mark(&mut self, mark: char, with_space: bool) {
        self.out.push(mark);
        if with_space {
            self.out.push(' ');
        }
    }

    /// Opens a mapping of one entry around the value of an enum's variant.
    fn open_variant(&mut self, variant: &'static str) {
        self.open('{');
        self.separate(true);
        self.text(variant);
        self.colon();
    }
}

impl<'a, 'w> Serializer for &'a mut Writer<'w> {
    type Ok = ();
    type Error = JsonError;
    type SerializeSeq = Items<'a, 'w>;
    type SerializeTuple = Items<'a, 'w>;
    type SerializeTupleStruct = Items<'a, 'w>;
    type SerializeTupleVariant = Items<'a, 'w>;
    type SerializeMap = Mapping<'a, 'w>;
    type SerializeStruct = Mapping<'a, 'w>;
    type SerializeStructVariant = Mapping<'a, 'w>;

    fn serialize_bool(self, value: bool) -> Result<(), JsonError> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), JsonError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), JsonError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), JsonError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), JsonError> {
        self.out.push_str(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Result<(), JsonError> {
        self.out.push_str(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), JsonError> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), JsonError> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), JsonError> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), JsonError> {
        self.out.push_str(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_u128(self, value: u128) -> Result<(), JsonError> {
        self.out.push_str(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), JsonError> {
        // The shortest digits of the narrow number, which are not those of the wide one.
        push_float(self.out, value.to_string().parse().unwrap_or(value.into()));
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), JsonError> {
        push_float(self.out, value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), JsonError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), JsonError> {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<(), JsonError> {
        Err(JsonError::custom("bytes are not JSON serializable"))
    }

    fn serialize_none(self) -> Result<(), JsonError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), JsonError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), JsonError> {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), JsonError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), JsonError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        match Exact::wanted(name) {
            true => value.serialize(Exact { name, writer: self }),
            false => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        self.open_variant(variant);
        value.serialize(&mut *self)?;
        self.close('}', false);
        Ok(())
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Items<'a, 'w>, JsonError> {
        self.open('[');
        Ok(Items {
            writer: self,
            first: true,
            variant: false,
        })
    }

    fn serialize_tuple(self, length: usize) -> Result<Items<'a, 'w>, JsonError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<Items<'a, 'w>, JsonError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Items<'a, 'w>, JsonError> {
        self.open_variant(variant);
        Ok(Items {
            variant: true,
            ..self.serialize_seq(Some(length))?
        })
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Mapping<'a, 'w>, JsonError> {
        self.open('{');
        let entries = Entries::new(self);
        Ok(Mapping {
            writer: self,
            entries,
            variant: false,
        })
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<Mapping<'a, 'w>, JsonError> {
        let entries = match length {
            0 | 1 => Entries::of_one(self),
            _ => Entries::new(self),
        };
        self.open('{');
        Ok(Mapping {
            writer: self,
            entries,
            variant: false,
        })
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Mapping<'a, 'w>, JsonError> {
        self.open_variant(variant);
        Ok(Mapping {
            variant: true,
            ..self.serialize_map(Some(length))?
        })
    }
}

/// Writes the items of a list.
pub(super) struct Items<'a, 'w> {
    writer: &'a mut Writer<'w>,
    first: bool,
    variant: bool,
}

impl Items<'_, '_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        self.writer.separate(self.first);
        self.first = false;
        value.serialize(&mut *self.writer)
    }

    fn finish(self) -> Result<(), JsonError> {
        self.writer.close(']', self.first);
        if self.variant {
            self.writer.close('}', false);
        }
        Ok(())
    }
}

macro_rules! items {
    ($($of:ident, $item:ident;)*) => {$(
        impl ser::$of for Items<'_, '_> {
            type Ok = ();
            type Error = JsonError;

            fn $item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
                self.item(value)
            }

            fn end(self) -> Result<(), JsonError> {
                self.finish()
            }
        }
    )*};
}

items! {
    SerializeSeq, serialize_element;
    SerializeTuple, serialize_element;
    SerializeTupleStruct, serialize_field;
    SerializeTupleVariant, serialize_field;
}

/// Writes the entries of a mapping; sorts them at the end if so asked.
pub(super) struct Mapping<'a, 'w> {
    writer: &'a mut Writer<'w>,
    entries: Entries,
    variant: bool,
}

impl Mapping<'_, '_> {
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), JsonError> {
        self.writer.separate(self.entries.is_empty());
        let start = self.writer.out.len();
        let number = key.serialize(Key {
            writer: &mut *self.writer,
        })?;
        self.entries.begin(self.writer, start, number);
        self.writer.colon();
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        value.serialize(&mut *self.writer)?;
        self.entries.end(self.writer);
        Ok(())
    }

    fn finish(self) -> Result<(), JsonError> {
        self.entries.sort(self.writer);
        self.writer.close('}', self.entries.is_empty());
        if self.variant {
            self.writer.close('}', false);
        }
        Ok(())
    }
}

impl ser::SerializeMap for Mapping<'_, '_> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), JsonError> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        self.value(value)
    }

    fn end(self) -> Result<(), JsonError> {
        self.finish()
    }
}

macro_rules! fields {
    ($($of:ident)*) => {$(
        impl ser::$of for Mapping<'_, '_> {
            type Ok = ();
            type Error = JsonError;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), JsonError> {
                self.key(key)?;
                self.value(value)
            }

            fn end(self) -> Result<(), JsonError> {
                self.finish()
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }
