//! Forms as types.

use carafe::prelude::*;
use carafe::{Argument, Arguments, MaybeReady};
use serde::de::DeserializeOwned;

/// The fields of the form.
#[derive(Debug)]
pub(crate) struct Form<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> Argument for Form<T> {
    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        let request = arguments.request().clone();
        MaybeReady::waiting(async move {
            let fields = request.form().await?;
            let fields = fields
                .items()
                .map(|(name, value)| (name.to_owned(), serde_json::Value::from(value.clone())));
            serde_json::from_value(fields.collect())
                .map(Form)
                .map_err(|error| HttpError::new(400).with_source(error).into())
        })
    }
}
