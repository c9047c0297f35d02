//! How much of a body is read. Flask: `Request.max_content_length`, `Request.max_form_memory_size`,
//! `Request.max_form_parts`.

use std::sync::PoisonError;

use crate::request::Request;
use crate::request::form::FormLimits;

/// The limits that were set for one request; what is not set is the configuration's.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OwnLimits {
    max_content_length: Option<u64>,
    max_form_memory_size: Option<u64>,
    max_form_parts: Option<u64>,
}

impl Request {
    /// The most bytes that the body may have.
    ///
    /// *Flask:* `request.max_content_length`.
    pub fn max_content_length(&self) -> Option<u64> {
        self.limits().max_content_length
    }

    /// Sets how many bytes the body of this request may have.
    ///
    /// `None` stands for what `MAX_CONTENT_LENGTH` says.
    ///
    /// *Flask:* `request.max_content_length`.
    ///
    /// ```
    /// use carafe::prelude::*;
    ///
    /// async fn upload(request: Request) -> Result<String> {
    ///     request.set_max_content_length(5);
    ///     Ok(request.data().await?.len().to_string())
    /// }
    ///
    /// let mut app = App::new("docs");
    /// app.post("/", upload);
    /// let client = app.test_client();
    /// assert_eq!(client.post("/").body("12345").send().text(), "5");
    /// assert_eq!(client.post("/").body("123456").send().status(), 413);
    /// ```
    pub fn set_max_content_length(&self, bytes: impl Into<Option<u64>>) {
        self.change_limits(|limits| limits.max_content_length = bytes.into());
    }

    /// The most bytes that a field may have, and a whole urlencoded form.
    ///
    /// Files are no fields.
    ///
    /// *Flask:* `request.max_form_memory_size`.
    pub fn max_form_memory_size(&self) -> Option<u64> {
        self.limits().max_form_memory_size
    }

    /// Sets how many bytes a field of this request's form may have.
    ///
    /// `None` stands for what `MAX_FORM_MEMORY_SIZE` says.
    ///
    /// *Flask:* `request.max_form_memory_size`.
    pub fn set_max_form_memory_size(&self, bytes: impl Into<Option<u64>>) {
        self.change_limits(|limits| limits.max_form_memory_size = bytes.into());
    }

    /// The most fields and files that a multipart form may have.
    ///
    /// *Flask:* `request.max_form_parts`.
    pub fn max_form_parts(&self) -> Option<u64> {
        self.limits().max_form_parts
    }

    /// Sets how many fields and files this request's form may have.
    ///
    /// `None` stands for what `MAX_FORM_PARTS` says.
    ///
    /// *Flask:* `request.max_form_parts`.
    pub fn set_max_form_parts(&self, parts: impl Into<Option<u64>>) {
        self.change_limits(|limits| limits.max_form_parts = parts.into());
    }

    /// The limits that hold for this request.
    pub(super) fn limits(&self) -> FormLimits {
        let own = match self.inner().read.get() {
            Some(read) => *read.limits.lock().unwrap_or_else(PoisonError::into_inner),
            None => OwnLimits::default(),
        };
        let config = self.app().config();
        FormLimits {
            max_content_length: own.max_content_length.or(config.max_content_length),
            max_form_memory_size: own.max_form_memory_size.or(config.max_form_memory_size),
            max_form_parts: own.max_form_parts.or(config.max_form_parts),
        }
    }

    fn change_limits(&self, change: impl FnOnce(&mut OwnLimits)) {
        let limits = &self.inner().read().limits;
        change(&mut limits.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
