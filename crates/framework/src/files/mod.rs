//! Names of files: what may be trusted of them, and how a download is named. Werkzeug:
//! `secure_filename`, `safe_join`.

mod content_disposition; // the name of a download
mod media_type; // the media type of an extension
mod safe_join; // paths that stay inside a folder
mod secure_filename; // names without surprises

pub use content_disposition::content_disposition;
pub(crate) use media_type::guess_media_type;
pub use safe_join::safe_join;
pub use secure_filename::secure_filename;
