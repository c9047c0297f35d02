//! A timestamp before the signature. itsdangerous: `TimestampSigner`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::signing::base64::{Alphabet, decode_lenient, decode_strict, encode_url_safe};
use crate::signing::error::{SignError, SignErrorKind};
use crate::signing::signer::{Signer, into_text};

/// The last second of the year 9999, the end of Python's `datetime`.
const LAST: u64 = 253_402_300_799;

/// Signs a value together with the time, so that it can expire.
///
/// *itsdangerous:* `TimestampSigner`. Ages are compared in whole seconds, and a timestamp from
/// the future is as bad as one that is too old.
///
/// ```
/// use std::time::Duration;
///
/// use carafe_sessions::signing::TimestampSigner;
///
/// let signer = TimestampSigner::new("secret key");
/// let signed = signer.sign("hello");
/// assert_eq!(signer.unsign(&signed, Some(Duration::from_secs(60)))?, "hello");
/// # Ok::<(), carafe_sessions::signing::SignError>(())
/// ```
#[derive(Debug, Clone)]
pub struct TimestampSigner(Signer);

/// What was signed, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timed<T> {
    /// What was signed.
    pub value: T,
    /// The second in which it was signed.
    pub signed_at: SystemTime,
}

impl TimestampSigner {
    /// Makes a signer with itsdangerous' defaults.
    pub fn new(secret_key: impl AsRef<[u8]>) -> Self {
        Self(Signer::new(secret_key))
    }

    /// Makes a signer that notes the time of one that does not.
    pub fn from_signer(signer: Signer) -> Self {
        Self(signer)
    }

    /// Returns the signer without the time.
    pub fn signer(&self) -> &Signer {
        &self.0
    }

    /// Signs a text now.
    pub fn sign(&self, value: &str) -> String {
        into_text(self.sign_bytes_at(value, SystemTime::now()))
    }

    /// Signs bytes at a given time.
    pub fn sign_bytes_at(&self, value: impl AsRef<[u8]>, now: SystemTime) -> Vec<u8> {
        let value = value.as_ref();
        let mut signed = Vec::with_capacity(value.len() + 48);
        signed.extend_from_slice(value);
        self.sign_onto(&mut signed, 0, now);
        signed
    }

    /// Appends the time and the signature of what there is from a place on.
    pub(crate) fn sign_onto(&self, text: &mut Vec<u8>, from: usize, now: SystemTime) {
        text.extend_from_slice(self.0.separator());
        let seconds = unix_seconds(now).to_be_bytes();
        let zeros = seconds.iter().take_while(|byte| **byte == 0).count();
        encode_url_safe(seconds.get(zeros..).unwrap_or_default(), text);
        self.0.sign_onto(text, from);
    }

    /// Verifies a signed text now and returns the value.
    ///
    /// # Errors
    ///
    /// The signature does not match, the timestamp is missing or malformed, or the value is
    /// older than `max_age` or from the future.
    pub fn unsign<'a>(
        &self,
        signed: &'a str,
        max_age: Option<Duration>,
    ) -> Result<&'a str, SignError> {
        let timed = self.unsign_bytes_at(signed.as_bytes(), max_age, SystemTime::now())?;
        std::str::from_utf8(timed.value)
            .map_err(|_| SignError::new(SignErrorKind::BadTimeSignature))
    }

    /// Verifies signed bytes at a given time, and says when they were signed.
    ///
    /// # Errors
    ///
    /// As [`unsign`](Self::unsign).
    pub fn unsign_bytes_at<'a>(
        &self,
        signed: &'a [u8],
        max_age: Option<Duration>,
        now: SystemTime,
    ) -> Result<Timed<&'a [u8]>, SignError> {
        let stamped = match self.0.unsign_bytes(signed) {
            Ok(stamped) => stamped,
            Err(error) => return Err(self.explain(error)),
        };
        let bad_time =
            |payload| SignError::new(SignErrorKind::BadTimeSignature).with_payload(payload);
        let (value, timestamp) = self.0.split(stamped).ok_or_else(|| bad_time(stamped))?;
        let seconds = read_timestamp(timestamp).ok_or_else(|| bad_time(value))?;
        if let Some(max_age) = max_age {
            let age = unix_seconds(now).checked_sub(seconds);
            if age.is_none_or(|age| age > max_age.as_secs()) {
                return Err(SignError::new(SignErrorKind::SignatureExpired)
                    .with_payload(value)
                    .with_date(Some(seconds)));
            }
        }
        let signed_at = UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))
            .filter(|_| seconds <= LAST)
            .ok_or_else(|| bad_time(value))?;
        Ok(Timed { value, signed_at })
    }

    /// Returns whether a signed text is genuine and of the right age now.
    pub fn validate(&self, signed: impl AsRef<[u8]>, max_age: Option<Duration>) -> bool {
        self.unsign_bytes_at(signed.as_ref(), max_age, SystemTime::now())
            .is_ok()
    }

    /// Adds to a bad signature what the token claims of its time, as itsdangerous does.
    fn explain(&self, error: SignError) -> SignError {
        let split = error.payload().and_then(|payload| self.0.split(payload));
        let Some((value, timestamp)) = split else {
            return error;
        };
        let seconds = read_timestamp(timestamp).filter(|seconds| *seconds <= LAST);
        SignError::new(SignErrorKind::BadTimeSignature)
            .with_payload(value)
            .with_date(seconds)
    }
}

/// Reads the big-endian seconds of a timestamp, of at most eight bytes.
fn read_timestamp(text: &[u8]) -> Option<u64> {
    let mut room = [0; 8];
    match decode_strict(text, &mut room) {
        Some(bytes) => Some(big_endian(bytes)),
        None => decode_lenient(text, Alphabet::UrlSafe)
            .filter(|bytes| bytes.len() <= room.len())
            .map(|bytes| big_endian(&bytes)),
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Returns the whole seconds since 1970; a clock before that counts as its start.
pub(crate) fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
