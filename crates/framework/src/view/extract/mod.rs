//! What a request carries, as types of the program: its query, form, headers and cookies.

mod deserializer; // fields of text and files as serde reads them
mod field_error; // what does not fit
mod file; // an uploaded file as a field
mod form; // `Form<T>`
mod headers; // `Headers<T>`
mod query; // `Query<T>`, `Cookies<T>`

pub use self::field_error::FieldError;
pub use self::form::Form;
pub use self::headers::Headers;
pub use self::query::{Cookies, Query};

#[cfg(test)]
mod tests;
