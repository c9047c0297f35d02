//! Keeps a response when whoever it was lent to lets go of it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::response::Response;

/// Where a response goes when it is dropped.
///
/// In Flask a function for responses shares the response with the app, which still has it after the function
/// failed or made another one, with what the function changed in it. Here the function owns the response.
#[derive(Clone, Default)]
pub(crate) struct Keeper(Arc<Mutex<Option<Response>>>);

impl Keeper {
    pub(super) fn put(&self, response: Response) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
    }

    /// The response, if it was dropped meanwhile.
    pub(crate) fn take(&self) -> Option<Response> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keeper")
    }
}
