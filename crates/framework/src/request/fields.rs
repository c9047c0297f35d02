//! The fields and files that a request carries. Flask: `request.form`, `request.files`, `request.values`.

use std::pin::Pin;
use std::task::Context;

use futures_util::Stream;
use http::Method;

use crate::error::Result;
use crate::multi_dict::MultiDict;
use crate::request::Request;
use crate::request::form::{FileStorage, FormBounds, FormData, FormLimits, parse_form_within};

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

    /// The files of a form that was posted; long ones are on disk, see [`FileStorage`].
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

    /// The arguments of the query, and behind them the fields of a form.
    ///
    /// A `GET` is not looked at for a form.
    ///
    /// *Flask:* `request.values`.
    ///
    /// # Errors
    /// Those of [`form`](Self::form).
    pub async fn values(&self) -> Result<MultiDict> {
        let mut values = self.args().clone();
        if self.method() != Method::GET {
            let fields = self.form().await?.items_multi();
            values.extend(fields.map(|(name, value)| (name, value.clone())));
        }
        Ok(values)
    }

    /// The fields, if they have been read.
    pub(crate) fn form_if_read(&self) -> Option<&MultiDict> {
        self.inner().read.get()?.form.get().map(|data| &data.form)
    }

    /// The files, if they have been read.
    pub(crate) fn files_if_read(&self) -> Option<&MultiDict<FileStorage>> {
        self.inner().read.get()?.form.get().map(|data| &data.files)
    }

    /// Whether the body is announced to be a form.
    pub(crate) fn announces_form(&self) -> bool {
        matches!(
            self.mimetype().as_str(),
            "application/x-www-form-urlencoded" | "multipart/form-data"
        )
    }

    async fn form_data(&self) -> Result<&FormData> {
        let form = &self.inner().read().form;
        form.get_or_try_init(|| self.read_form()).await
    }

    async fn read_form(&self) -> Result<FormData> {
        // Before the type is looked at: a body that is too long is refused by whatever asks for it first.
        self.check_announced_length()?;
        let content_type = self.content_type().unwrap_or_default();
        if !self.announces_form() {
            if !content_type.is_empty() {
                self.rewind();
            }
            return Ok(FormData::default());
        }
        let bounds = FormBounds {
            limits: FormLimits {
                // Watched by the body itself, to the byte, whatever its framing.
                max_content_length: None,
                ..self.limits()
            },
            memory: self.app().inner().upload_memory.clone(),
        };
        let mut body = self.limited(self.body_of_form());
        let next = |cx: &mut Context<'_>| Pin::new(&mut body).poll_next(cx);
        parse_form_within(&bounds, &content_type, self.content_length(), next).await
    }
}
