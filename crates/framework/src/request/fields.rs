//! The fields and files that a request carries. Flask: `request.form`, `request.files`, `request.values`.

use std::pin::Pin;
use std::sync::PoisonError;
use std::task::Context;

use futures_util::Stream;
use http::Method;
use http::header::CONTENT_TYPE;

use crate::error::Result;
use crate::headers::content_type::parse_content_type;
use crate::headers::latin1;
use crate::multi_dict::MultiDict;
use crate::request::body::Reading;
use crate::request::form::{FileStorage, FormData, FormLimits, parse_form};
use crate::request::{Request, RequestBody};

impl Request {
    /// The fields of a form that was posted; none when the body is no form.
    ///
    /// *Flask:* `request.form`.
    ///
    /// # Errors
    /// 413 when a limit of the configuration is exceeded, and 400 when the body breaks off.
    ///
    /// # Cancel safety
    /// A form whose reading was dropped cannot be read again.
    pub async fn form(&self) -> Result<&MultiDict> {
        Ok(&self.form_data().await?.form)
    }

    /// The files of a form that was posted.
    ///
    /// *Flask:* `request.files`.
    ///
    /// # Errors
    /// Those of [`form`](Self::form), and 500 when a file cannot be written to the disk.
    ///
    /// # Cancel safety
    /// That of [`form`](Self::form).
    pub async fn files(&self) -> Result<&MultiDict<FileStorage>> {
        Ok(&self.form_data().await?.files)
    }

    /// The arguments of the query, and behind them the fields of a form that was posted, put or patched.
    ///
    /// *Flask:* `request.values`.
    ///
    /// # Errors
    /// Those of [`form`](Self::form).
    pub async fn values(&self) -> Result<MultiDict> {
        let mut values = self.args().clone();
        if matches!(*self.method(), Method::POST | Method::PUT | Method::PATCH) {
            let fields = self.form().await?.items_multi();
            values.extend(fields.map(|(name, value)| (name, value.clone())));
        }
        Ok(values)
    }

    /// The fields, if they have been read.
    #[cfg(feature = "templates")]
    pub(crate) fn form_if_read(&self) -> Option<&MultiDict> {
        self.inner().read.get()?.form.get().map(|data| &data.form)
    }

    async fn form_data(&self) -> Result<&FormData> {
        let form = &self.inner().read().form;
        form.get_or_try_init(|| self.read_form()).await
    }

    async fn read_form(&self) -> Result<FormData> {
        let content_type = self.headers().get(CONTENT_TYPE);
        let content_type = latin1::decode(content_type.map_or(b"", |value| value.as_bytes()));
        let (mimetype, _) = parse_content_type(&content_type);
        if !matches!(
            mimetype.as_str(),
            "application/x-www-form-urlencoded" | "multipart/form-data"
        ) {
            return Ok(FormData::default());
        }
        let config = self.app().config();
        let limits = FormLimits {
            max_content_length: config.max_content_length,
            max_form_memory_size: config.max_form_memory_size,
            max_form_parts: config.max_form_parts,
        };
        let mut body = self.limited(self.body_of_form())?;
        let next = |cx: &mut Context<'_>| Pin::new(&mut body).poll_next(cx);
        parse_form(&content_type, self.content_length(), limits, next).await
    }

    /// The body, which stays for [`data`](Self::data) if that has read it.
    fn body_of_form(&self) -> RequestBody {
        let body = &self.inner().body;
        let mut reading = body.lock().unwrap_or_else(PoisonError::into_inner);
        match &*reading {
            Reading::Read(bytes) => bytes.clone().into(),
            _ => match std::mem::replace(&mut *reading, Reading::Taken) {
                Reading::Waiting(body) => body,
                _ => RequestBody::default(),
            },
        }
    }
}
