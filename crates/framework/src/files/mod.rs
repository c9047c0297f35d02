//! Files: what may be trusted of their names, and how they are sent. Werkzeug: `secure_filename`,
//! `safe_join`, `send_file`.

mod content_disposition; // the name of a download
mod media_type; // the media type of an extension
mod safe_join; // paths that stay inside a folder
mod secure_filename; // names without surprises
mod send_file; // files as responses

pub use content_disposition::content_disposition;
pub(crate) use media_type::guess_media_type;
pub use safe_join::safe_join;
pub use secure_filename::secure_filename;
pub(crate) use send_file::MaxAgeFunction;
pub use send_file::{FileSource, SendFile, send_file, send_from_directory};
