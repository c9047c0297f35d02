//! The form that a request carries. Flask: `request.form`, `request.files`.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use crate::error::{HttpError, Result};
use crate::maybe_ready::MaybeReady;
use crate::request::Request;
use crate::view::extract::deserializer::{Fields, Item, read};
use crate::view::{Argument, Arguments, Takes};

/// The form that was posted, as a type of the program.
///
/// Fields that come several times go into a `Vec`, of which the first one is taken otherwise. A field that was
/// left empty is none for an `Option`. Numbers are read from their digits; `on`, `true`, `1` and `yes` are true.
/// A `Vec` of boxes of which none may be checked wants `#[serde(default)]`. What is flattened by serde is read
/// as text alone.
///
/// A file is a [`FileStorage`](crate::form::FileStorage), or an `Option` or a `Vec` of it; inputs where no file
/// was chosen count as missing.
///
/// What does not fit is a 400 that names the field, and a body that is no form is a 415; both go to the app's
/// error handlers.
///
/// *Flask:* `request.form` and `request.files`; Beyond Flask the type.
///
/// ```
/// use carafe::Form;
/// use carafe::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Order {
///     dish: String,
///     count: u32,
///     #[serde(default)]
///     extra: Vec<String>,
///     note: Option<String>,
/// }
///
/// fn order(Form(order): Form<Order>) -> String {
///     format!("{} {} with {:?}, note: {:?}", order.count, order.dish, order.extra, order.note)
/// }
///
/// let mut app = App::new("docs");
/// app.post("/order", order);
/// let client = app.test_client();
/// let fields = [("dish", "soup"), ("count", "2"), ("extra", "salt"), ("extra", "bread"), ("note", "")];
/// let response = client.post("/order").form(fields).send();
/// assert_eq!(response.text(), "2 soup with [\"salt\", \"bread\"], note: None");
///
/// let response = client.post("/order").form([("dish", "soup"), ("count", "two")]).send();
/// assert_eq!(response.status(), 400);
/// assert!(response.text().contains("The form does not fit: count: invalid value"));
/// assert_eq!(client.post("/order").send().status(), 415);
/// ```
///
/// Files are written to the disk when they are large, before the view begins:
///
/// ```
/// use carafe::Form;
/// use carafe::form::FileStorage;
/// use carafe::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Upload {
///     title: String,
///     picture: FileStorage,
/// }
///
/// fn upload(Form(upload): Form<Upload>) -> String {
///     format!("{}: {} of {} bytes", upload.title, upload.picture.filename(), upload.picture.len())
/// }
///
/// let mut app = App::new("docs");
/// app.post("/", upload);
/// let body = "--B\r\nContent-Disposition: form-data; name=title\r\n\r\nMe\r\n\
///             --B\r\nContent-Disposition: form-data; name=picture; filename=me.png\r\n\r\nPNG\r\n--B--";
/// let client = app.test_client();
/// let response = client.post("/").header("Content-Type", "multipart/form-data; boundary=B").body(body).send();
/// assert_eq!(response.text(), "Me: me.png of 3 bytes");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> Argument for Form<T> {
    fn takes() -> Takes {
        Takes::Request
    }

    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        let request = arguments.request().clone();
        MaybeReady::waiting(async move { read_form(&request).await.map(Form) })
    }
}

async fn read_form<T: DeserializeOwned>(request: &Request) -> Result<T> {
    if !request.announces_form() {
        return Err(HttpError::unsupported_media_type()
            .with_description(
                "Did not attempt to load a form because the request Content-Type was not that of a form.",
            )
            .into());
    }
    let (form, files) = (request.form().await?, request.files().await?);
    let texts = form.items_multi();
    let mut fields: Fields<'_> = texts
        .map(|(name, text)| (name, Cow::Borrowed(text.as_str())))
        .collect();
    for (place, (name, file)) in files.items_multi().enumerate() {
        if !(file.filename().is_empty() && file.is_empty()) {
            fields.add(name, Item::File(place));
        }
    }
    Ok(read(fields).map_err(|misfit| misfit.into_http_error("form"))?)
}
