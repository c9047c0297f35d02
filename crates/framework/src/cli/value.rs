//! What a command takes from the command line: values by type. Flask: click's parameter types.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use crate::error::{Error, Result};

/// A value that one word of the command line is read as.
///
/// Implement it for types of your own; commands then take them, also as `Option<T>` and `Vec<T>`.
///
/// *Flask:* click's `ParamType`.
///
/// ```
/// use carafe::cli::CommandValue;
/// use carafe::{Error, Result};
///
/// enum Color {
///     Red,
///     Blue,
/// }
///
/// impl CommandValue for Color {
///     fn from_text(text: &str) -> Result<Self> {
///         match text {
///             "red" => Ok(Self::Red),
///             "blue" => Ok(Self::Blue),
///             _ => Err(Error::msg("neither red nor blue")),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a command cannot take a `{Self}` from the command line",
    note = "it takes `String`, `PathBuf`, numbers, `char`, addresses, `bool` as a flag, `Option<T>`, `Vec<T>`, \
            and your own types that implement `CommandValue`"
)]
pub trait CommandValue: Sized + Send + 'static {
    /// Reads the value.
    ///
    /// # Errors
    /// When the text is no such value; the message says why.
    fn from_text(text: &str) -> Result<Self>;
}

macro_rules! parsed {
    ($($type:ty),*) => {$(
        impl CommandValue for $type {
            fn from_text(text: &str) -> Result<Self> {
                Ok(text.parse()?)
            }
        }
    )*};
}

parsed!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64, char, String,
    PathBuf, OsString, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr
);

/// How often a parameter is given.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Occurs {
    /// Once.
    Once,
    /// Once, or not at all.
    Optionally,
    /// Any number of times.
    Repeatedly,
    /// Without a value: it is there or not.
    AsFlag,
}

/// An argument of a command function: a [`CommandValue`], an `Option` or a `Vec` of one, or a flag.
#[diagnostic::on_unimplemented(
    message = "a command cannot take a `{Self}` from the command line",
    note = "it takes `String`, `PathBuf`, numbers, `char`, addresses, `bool` as a flag, `Option<T>`, `Vec<T>`, \
            and your own types that implement `CommandValue`"
)]
pub trait CommandParameter: Sized + Send + 'static {
    #[doc(hidden)]
    const OCCURS: Occurs;

    /// Reads the parameter from the words that were given for it; fails with the word that will not do.
    #[doc(hidden)]
    fn take(texts: &[String]) -> Result<Self, (String, Error)>;
}

fn read<T: CommandValue>(text: &str) -> Result<T, (String, Error)> {
    T::from_text(text).map_err(|error| (text.to_owned(), error))
}

impl<T: CommandValue> CommandParameter for T {
    const OCCURS: Occurs = Occurs::Once;

    fn take(texts: &[String]) -> Result<Self, (String, Error)> {
        read(texts.first().map_or("", String::as_str))
    }
}

impl<T: CommandValue> CommandParameter for Option<T> {
    const OCCURS: Occurs = Occurs::Optionally;

    fn take(texts: &[String]) -> Result<Self, (String, Error)> {
        texts.first().map(|text| read(text)).transpose()
    }
}

impl<T: CommandValue> CommandParameter for Vec<T> {
    const OCCURS: Occurs = Occurs::Repeatedly;

    fn take(texts: &[String]) -> Result<Self, (String, Error)> {
        texts.iter().map(|text| read(text)).collect()
    }
}

impl CommandParameter for bool {
    const OCCURS: Occurs = Occurs::AsFlag;

    fn take(texts: &[String]) -> Result<Self, (String, Error)> {
        Ok(!texts.is_empty())
    }
}
