//! Header maps that are used again.

use http::HeaderMap;

use crate::spare::{self, Spare};

/// The largest map that is kept.
const LARGEST: usize = 32;

thread_local! {
    /// The map of the last request that ended on this thread, empty.
    static SPARE: Spare<HeaderMap> = const { Spare::none() };
}

/// Takes an empty map.
pub(crate) fn take() -> HeaderMap {
    spare::take(&SPARE).unwrap_or_default()
}

/// Keeps a map for the next one who needs one; what is in it is dropped.
pub(crate) fn keep(mut headers: HeaderMap) {
    // Room for further values of a name is not told of by the capacity.
    if headers.capacity() <= LARGEST && headers.len() == headers.keys_len() {
        headers.clear();
        spare::keep(&SPARE, headers);
    }
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn a_map_comes_back_empty() {
        let mut headers = HeaderMap::with_capacity(20);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        let capacity = headers.capacity();
        super::keep(headers);
        let headers = super::take();
        assert_eq!((headers.len(), headers.capacity()), (0, capacity));
        assert_eq!(super::take().capacity(), 0);
    }

    #[test]
    fn a_large_map_is_given_up() {
        super::keep(HeaderMap::with_capacity(1000));
        assert_eq!(super::take().capacity(), 0);
        let mut headers = HeaderMap::new();
        for _ in 0..100 {
            headers.append(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        }
        super::keep(headers);
        assert_eq!(super::take().capacity(), 0);
    }
}
