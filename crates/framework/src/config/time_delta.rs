//! Lengths of time as Python's `timedelta` has them: signed, to the microsecond.

use std::time::Duration;

const SECOND: i128 = 1_000_000;
const DAY: i128 = 86_400 * SECOND;
const MOST: i128 = 999_999_999 * DAY + (DAY - 1);

/// A length of time, possibly negative, to the microsecond. *Flask:* `datetime.timedelta`.
///
/// The range is that of `timedelta`, about ±2.7 million years; what is beyond becomes its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeDelta {
    micros: i128,
}

impl TimeDelta {
    /// Creates a length of whole days.
    pub const fn from_days(days: i64) -> TimeDelta {
        TimeDelta::from_micros(days as i128 * DAY)
    }

    /// Creates a length of whole seconds.
    pub const fn from_seconds(seconds: i64) -> TimeDelta {
        TimeDelta::from_micros(seconds as i128 * SECOND)
    }

    /// Creates a length of seconds, rounded to the microsecond; none unless it is in range.
    pub fn from_seconds_f64(seconds: f64) -> Option<TimeDelta> {
        let (whole, part) = (seconds.trunc(), seconds.fract());
        if seconds.is_nan() || whole.abs() >= MOST as f64 / SECOND as f64 {
            return None;
        }
        let micros = whole as i128 * SECOND + (part * SECOND as f64).round_ties_even() as i128;
        Some(TimeDelta::from_micros(micros))
    }

    /// Creates a length of microseconds.
    pub const fn from_micros(micros: i128) -> TimeDelta {
        let micros = if micros > MOST { MOST } else { micros };
        TimeDelta {
            micros: if micros < -999_999_999 * DAY {
                -999_999_999 * DAY
            } else {
                micros
            },
        }
    }

    /// Returns the length in microseconds.
    pub const fn as_micros(self) -> i128 {
        self.micros
    }

    /// Returns the length in seconds. *Flask:* `timedelta.total_seconds()`.
    pub fn as_seconds_f64(self) -> f64 {
        self.micros as f64 / SECOND as f64
    }

    /// Returns the length in whole seconds, fractions cut off.
    pub const fn as_seconds(self) -> i64 {
        (self.micros / SECOND) as i64
    }

    /// Returns the length as a [`Duration`]; a negative one counts as zero.
    pub fn to_duration(self) -> Duration {
        let micros = self.micros.max(0) as u128;
        Duration::new(
            (micros / SECOND as u128) as u64,
            (micros % SECOND as u128) as u32 * 1000,
        )
    }
}

impl From<Duration> for TimeDelta {
    fn from(duration: Duration) -> TimeDelta {
        TimeDelta::from_micros(i128::try_from(duration.as_micros()).unwrap_or(MOST))
    }
}
