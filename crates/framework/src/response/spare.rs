//! Places of responses that are used again, with the header maps of requests.

use http::HeaderMap;

use crate::response::Inner;
use crate::spare::{self, Spare};

/// The largest header map that is kept.
const LARGEST: usize = 32;

thread_local! {
    /// The place of the response that was sent last on this thread.
    static SPARE: Spare<Box<Inner>> = const { Spare::none() };
}

/// Takes the place of a response with nothing in it.
#[inline]
pub(super) fn take() -> Box<Inner> {
    spare::take(&SPARE).unwrap_or_default()
}

/// Keeps the place of a response that has been taken out of it.
#[inline]
pub(super) fn keep(inner: Box<Inner>) {
    spare::keep(&SPARE, inner);
}

/// Has the next response use the header map of a request that has ended; what is in it is dropped.
pub(crate) fn use_headers_again(headers: &mut HeaderMap) {
    // Room for further values of a name is not told of by the capacity.
    if headers.capacity() <= LARGEST
        && headers.len() == headers.keys_len()
        && let Some(mut inner) = spare::take(&SPARE)
    {
        headers.clear();
        // Exchanged, since it costs more to drop a map than to move it.
        std::mem::swap(inner.http.headers_mut(), headers);
        keep(inner);
    }
}

#[cfg(test)]
mod tests {
    use http::header::ACCEPT;
    use http::{HeaderMap, HeaderValue};

    use super::use_headers_again;
    use crate::response::Response;

    /// The capacity that the headers of the next response have, when a request ends after a response was sent.
    fn capacity_after(mut headers: HeaderMap) -> usize {
        Response::new("sent").into_http();
        use_headers_again(&mut headers);
        let next = Response::empty(http::StatusCode::NO_CONTENT);
        assert_eq!(next.headers().len(), 0);
        next.headers().capacity()
    }

    #[test]
    fn a_map_comes_back_empty() {
        let mut headers = HeaderMap::with_capacity(20);
        headers.insert(ACCEPT, HeaderValue::from_static("text/plain"));
        let capacity = headers.capacity();
        assert_eq!(capacity_after(headers), capacity);
        Response::new("sent").into_http();
        let next = Response::empty(http::StatusCode::NO_CONTENT);
        assert_eq!(next.headers().capacity(), 0);
    }

    #[test]
    fn a_large_map_is_given_up() {
        assert_eq!(capacity_after(HeaderMap::with_capacity(1000)), 0);
        let mut headers = HeaderMap::new();
        for _ in 0..100 {
            headers.append(ACCEPT, HeaderValue::from_static("text/plain"));
        }
        assert_eq!(capacity_after(headers), 0);
    }
}
