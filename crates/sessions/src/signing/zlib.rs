//! zlib whose working memory is used again: making it costs more than a session's few bytes.

use std::fmt;
use std::sync::Mutex;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// What a payload may grow to: far beyond any cookie, far below a machine's memory.
const MAX_DECOMPRESSED: usize = 64 * 1024 * 1024;

/// A place for the working memory of one compression and one decompression.
///
/// Whoever finds it taken makes memory of its own, so that nobody waits.
#[derive(Default)]
pub(crate) struct Zlib {
    compress: Mutex<Option<Compress>>,
    decompress: Mutex<Option<Decompress>>,
}

impl Zlib {
    /// Compresses what gets shorter by more than one byte.
    pub(crate) fn compress(&self, json: &[u8]) -> Option<Vec<u8>> {
        if is_hopeless(json) {
            return None;
        }
        let mut zlib = match take(&self.compress) {
            Some(mut zlib) => {
                zlib.reset();
                zlib
            }
            None => Compress::new(Compression::new(6), true),
        };
        // What does not fit here is not short enough.
        let mut compressed = Vec::with_capacity(json.len());
        let status = zlib.compress_vec(json, &mut compressed, FlushCompress::Finish);
        put(&self.compress, zlib);
        let ended = matches!(status, Ok(Status::StreamEnd));
        (ended && compressed.len() + 1 < json.len()).then_some(compressed)
    }

    /// Decompresses a whole zlib stream, and ignores what follows it as Python does.
    pub(crate) fn decompress(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut zlib = match take(&self.decompress) {
            Some(mut zlib) => {
                zlib.reset(true);
                zlib
            }
            None => Decompress::new(true),
        };
        let json = inflate(&mut zlib, bytes);
        put(&self.decompress, zlib);
        json
    }
}

fn inflate(zlib: &mut Decompress, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut json = Vec::with_capacity(bytes.len().saturating_mul(4).clamp(256, 64 * 1024));
    loop {
        let read = usize::try_from(zlib.total_in()).ok()?;
        let rest = bytes.get(read..)?;
        let written = json.len();
        match zlib.decompress_vec(rest, &mut json, FlushDecompress::Finish) {
            Ok(Status::StreamEnd) => return Some(json),
            // All of the room was used: there may be more.
            Ok(_) if json.len() == json.capacity() && json.len() < MAX_DECOMPRESSED => {
                json.reserve(json.len());
            }
            Ok(_) if json.len() > written => {}
            Ok(_) | Err(_) => return None,
        }
    }
}

fn take<T>(place: &Mutex<Option<T>>) -> Option<T> {
    place.try_lock().ok()?.take()
}

fn put<T>(place: &Mutex<Option<T>>, memory: T) {
    if let Ok(mut place) = place.try_lock() {
        *place = Some(memory);
    }
}

/// Tells short texts that zlib cannot shorten, without asking it.
///
/// With zlib's fixed code only repeats help. A match saves at most twelve bits for each place whose
/// three bytes came before; 74 are needed to make up for the frame and to be shorter by two bytes.
/// Six such places are therefore too few. A code made for the text has to be sent along, which
/// takes few kinds of bytes in a long text. How few is measured, with a margin of two kinds: a
/// search for the text of most kinds that zlib shortens found 4 of 30 bytes, 16 of 44, 30 of 63.
fn is_hopeless(json: &[u8]) -> bool {
    let length = json.len();
    length < 64 && !has_repeats(json) && (length * 3 < 60 || kinds(json) > length * 3 / 4 - 15)
}

/// Returns whether more than six places begin with three bytes that came before.
fn has_repeats(json: &[u8]) -> bool {
    // A set of hashes: two that collide only make zlib be asked in vain.
    let mut seen = [0_u64; 32];
    let mut repeats = 0;
    for window in json.windows(3) {
        let [one, two, three] = *window else { continue };
        let key = u32::from(one) | u32::from(two) << 8 | u32::from(three) << 16;
        let hash = key.wrapping_mul(0x9e37_79b1) >> 21;
        let bit = 1 << (hash & 63);
        if let Some(word) = seen.get_mut((hash >> 6) as usize) {
            repeats += usize::from(*word & bit != 0);
            *word |= bit;
        }
    }
    repeats > 6
}

/// Counts the different bytes.
fn kinds(json: &[u8]) -> usize {
    let mut seen = [0_u64; 4];
    for byte in json {
        seen[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    seen.iter().map(|word| word.count_ones() as usize).sum()
}

impl fmt::Debug for Zlib {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Zlib")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_used_again_remembers_nothing() {
        let zlib = Zlib::default();
        for size in [100, 5000, 64, 200_000, 100] {
            let json = format!("[{}0]", "1234,".repeat(size / 5)).into_bytes();
            let compressed = zlib.compress(&json);
            let compressed = compressed.as_deref().unwrap_or_default();
            assert_eq!(zlib.decompress(compressed), Some(json));
            assert_eq!(zlib.decompress(b"no zlib"), None);
            let cut = compressed.get(..compressed.len() / 2);
            assert_eq!(zlib.decompress(cut.unwrap_or_default()), None);
        }
    }

    #[test]
    fn what_is_not_shortened_is_left_alone() {
        let zlib = Zlib::default();
        assert_eq!(zlib.compress(br#"{"_permanent":true,"user_id":7}"#), None);
        assert_eq!(zlib.compress(b""), None);
        assert!(zlib.compress(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").is_some());
    }

    #[test]
    fn few_kinds_of_bytes_are_shortened_without_repeats() {
        let json = br#"{"id":"884880367675955247052584183793857430490846523539569"}"#;
        assert!(!has_repeats(json));
        assert!(Zlib::default().compress(json).is_some());
    }
}
