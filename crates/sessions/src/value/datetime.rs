//! An instant in UTC, written as Python's `datetime` goes into a cookie.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::value::http_date;

/// An instant between the years 1 and 9999, to the microsecond.
///
/// *Flask:* an aware `datetime`; a cookie keeps whole seconds of it, as an HTTP date.
///
/// ```
/// use carafe_sessions::DateTime;
///
/// let date = DateTime::from_unix(981_173_106, 0).unwrap();
/// assert_eq!(date.to_http_date(), "Sat, 03 Feb 2001 04:05:06 GMT");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime {
    seconds: i64,
    micros: u32,
}

const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_402_300_799;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl DateTime {
    /// Makes an instant of seconds and microseconds since 1970, if the year has four digits.
    pub fn from_unix(seconds: i64, micros: u32) -> Option<Self> {
        ((FIRST..=LAST).contains(&seconds) && micros < 1_000_000)
            .then_some(Self { seconds, micros })
    }

    /// Makes an instant of a date and a time of day in UTC, if there is such a day.
    pub fn from_parts(date: (i32, u32, u32), time: (u32, u32, u32), micros: u32) -> Option<Self> {
        let (year, month, day) = date;
        let (hour, minute, second) = time;
        let valid = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !valid {
            return None;
        }
        let days = days_since_epoch(year, month, day);
        let seconds = days * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
        Self::from_unix(seconds, micros)
    }

    /// Returns the whole seconds since 1970, rounded down.
    pub fn unix(&self) -> i64 {
        self.seconds
    }

    /// Returns the microseconds within the second.
    pub fn micros(&self) -> u32 {
        self.micros
    }

    /// Moves the instant by whole seconds, if it stays in range.
    pub fn checked_add_seconds(self, seconds: i64) -> Option<Self> {
        Self::from_unix(self.seconds.checked_add(seconds)?, self.micros)
    }

    /// Returns year, month and day in UTC.
    pub fn date(&self) -> (i32, u32, u32) {
        date_of(self.seconds.div_euclid(86_400))
    }

    /// Returns hour, minute and second in UTC.
    pub fn time(&self) -> (u32, u32, u32) {
        let second = self.seconds.rem_euclid(86_400) as u32;
        (second / 3600, second / 60 % 60, second % 60)
    }

    /// Reads ISO 8601 as [`Display`](fmt::Display) writes it, or an HTTP date.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_iso(text).or_else(|| Self::parse_http_date(text))
    }

    /// Reads an HTTP date, as leniently as Python does. *Werkzeug:* `parse_date`.
    pub fn parse_http_date(text: &str) -> Option<Self> {
        http_date::parse(text)
    }

    /// Reads `2026-04-18T08:13:20.5+02:00`; no offset means UTC.
    fn parse_iso(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once(['T', ' '])?;
        let sign_at = rest.find(['+', '-', 'Z']).unwrap_or(rest.len());
        let (time, offset) = rest.split_at(sign_at);
        let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
        let [year, month, day] = numbers(date, '-')?;
        let [hour, minute, second] = numbers(time, ':')?;
        let micros = match fraction.len() {
            0 => 0,
            1..=6 => format!("{fraction:0<6}").parse().ok()?,
            _ => fraction.get(..6)?.parse().ok()?,
        };
        let naive = Self::from_parts((year as i32, month, day), (hour, minute, second), micros)?;
        naive.checked_add_seconds(-iso_offset(offset)?)
    }

    /// Returns the instant as an HTTP date, whole seconds.
    ///
    /// *Werkzeug:* `http_date`.
    pub fn to_http_date(&self) -> String {
        let mut text = Vec::with_capacity(29);
        self.push_http_date(&mut text);
        String::from_utf8(text).expect("a date is ASCII")
    }

    /// Appends the instant as an HTTP date; done for every permanent session, so by hand.
    pub(crate) fn push_http_date(&self, text: &mut Vec<u8>) {
        let (year, month, day) = self.date();
        let (hour, minute, second) = self.time();
        let weekday = (self.seconds.div_euclid(86_400) + 3).rem_euclid(7) as usize;
        let month = (month as usize).wrapping_sub(1);
        text.extend_from_slice(DAYS.get(weekday).unwrap_or(&"").as_bytes());
        text.extend_from_slice(b", ");
        push_two(text, day);
        text.push(b' ');
        text.extend_from_slice(MONTHS.get(month).unwrap_or(&"").as_bytes());
        text.push(b' ');
        push_two(text, year.unsigned_abs() / 100);
        push_two(text, year.unsigned_abs() % 100);
        for (separator, part) in [(b' ', hour), (b':', minute), (b':', second)] {
            text.push(separator);
            push_two(text, part);
        }
        text.extend_from_slice(b" GMT");
    }
}

fn push_two(text: &mut Vec<u8>, number: u32) {
    text.extend([number / 10 % 10, number % 10].map(|digit| b'0' + digit as u8));
}

/// Reads three numbers with a separator between them.
fn numbers(text: &str, separator: char) -> Option<[u32; 3]> {
    let mut parts = text.split(separator);
    let mut next = || parts.next()?.parse::<u32>().ok();
    let numbers = [next()?, next()?, next()?];
    parts.next().is_none().then_some(numbers)
}

/// Reads the offset of ISO 8601 in seconds.
fn iso_offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.split_at_checked(1) {
        None | Some(("Z", "")) => return Some(0),
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        Some(_) => return None,
    };
    let mut seconds = 0;
    for (part, unit) in rest.splitn(3, ':').zip([3600, 60, 1]) {
        seconds += i64::from(part.parse::<u16>().ok()?) * unit;
    }
    Some(sign * seconds)
}

/// Counts the days from 1970 to a date of the proleptic Gregorian calendar.
fn days_since_epoch(year: i32, month: u32, day: u32) -> i64 {
    // Years that begin in March put the leap day last.
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let month = (i64::from(month) + 9) % 12;
    let of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Finds the date that lies so many days after 1970.
fn date_of(days: i64) -> (i32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year as i32, month as u32, day as u32)
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl TryFrom<SystemTime> for DateTime {
    type Error = SystemTime;

    /// Makes an instant of a system time, or gives it back when its year has not four digits.
    fn try_from(time: SystemTime) -> Result<Self, SystemTime> {
        let (seconds, micros) = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => (i64::try_from(after.as_secs()), after.subsec_micros()),
            Err(before) => {
                let before = before.duration();
                let micros = before.subsec_micros();
                let seconds = i64::try_from(before.as_secs()).map(|whole| -whole);
                match micros {
                    0 => (seconds, 0),
                    _ => (seconds.map(|whole| whole - 1), 1_000_000 - micros),
                }
            }
        };
        seconds
            .ok()
            .and_then(|seconds| Self::from_unix(seconds, micros))
            .ok_or(time)
    }
}

impl From<DateTime> for SystemTime {
    fn from(date: DateTime) -> Self {
        let micros = Duration::from_micros(u64::from(date.micros));
        let whole = Duration::from_secs(date.seconds.unsigned_abs());
        if date.seconds < 0 {
            UNIX_EPOCH - whole + micros
        } else {
            UNIX_EPOCH + whole + micros
        }
    }
}

impl fmt::Display for DateTime {
    /// Writes ISO 8601 with the offset of UTC, as Python's `isoformat`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let (hour, minute, second) = self.time();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.micros != 0 {
            write!(f, ".{:06}", self.micros)?;
        }
        f.write_str("+00:00")
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
