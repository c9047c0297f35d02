//! Files: what may be trusted of their names, and how they are sent. Werkzeug: `secure_filename`,
//! `safe_join`, `send_file`.

mod content_disposition; // the name of a download
#[cfg(feature = "files")]
mod media_type; // the media type of an extension
mod safe_join; // paths that stay inside a folder
mod secure_filename; // names without surprises
#[cfg(feature = "files")]
mod send_file; // files as responses

use std::path::Path;
use std::sync::Arc;

pub use content_disposition::content_disposition;
#[cfg(feature = "files")]
pub(crate) use media_type::guess_media_type;
pub use safe_join::safe_join;
pub use secure_filename::secure_filename;
#[cfg(feature = "files")]
pub use send_file::{FileSource, SendFile, send_file, send_from_directory};

/// Tells for a file's path how many seconds the file may be cached.
pub(crate) type MaxAgeFunction = Arc<dyn Fn(Option<&Path>) -> Option<i64> + Send + Sync>;
