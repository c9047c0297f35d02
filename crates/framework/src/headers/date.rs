//! Dates and ages in headers. Werkzeug: `http_date`, `parse_date`, `dump_age`, `parse_age`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::headers::python_text::{parse_int, parse_plain_int, split_words};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const MONTHS_IN_FULL: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// The zones that dates may name, in hours and minutes as one number.
const ZONES: [(&str, i64); 14] = [
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("AST", -400),
    ("ADT", -300),
    ("EST", -500),
    ("EDT", -400),
    ("CST", -600),
    ("CDT", -500),
    ("MST", -700),
    ("MDT", -600),
    ("PST", -800),
    ("PDT", -700),
];

/// The first second of the year 1.
const MIN_UNIX: i64 = -62_135_596_800;
/// The last second of the year 9999.
const MAX_UNIX: i64 = 253_402_300_799;

/// Writes a moment as a header date: `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// *Werkzeug:* `http_date`. Fractions of a second are cut off; a moment outside of the years 1 to 9999
/// is written as the nearest one inside.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// let moment = UNIX_EPOCH + Duration::from_secs(784_111_777);
/// assert_eq!(carafe::headers::date::http_date(moment), "Sun, 06 Nov 1994 08:49:37 GMT");
/// ```
pub fn http_date(moment: SystemTime) -> String {
    http_date_from_unix(unix_seconds(moment))
}

/// Returns whole seconds since the epoch, rounded down.
pub(crate) fn unix_seconds(moment: SystemTime) -> i64 {
    match moment.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => {
            let before = before.duration();
            let partial = i64::from(before.subsec_nanos() > 0);
            i64::try_from(before.as_secs()).map_or(i64::MIN, |whole| -whole - partial)
        }
    }
}

/// Writes seconds since the epoch as a header date, as [`http_date`] does.
pub fn http_date_from_unix(seconds: i64) -> String {
    let seconds = seconds.clamp(MIN_UNIX, MAX_UNIX);
    let days = seconds.div_euclid(86_400);
    let in_day = seconds.rem_euclid(86_400);
    let (year, month, day) = civil_from_days(days);
    // The epoch was a Thursday.
    let weekday = (days + 3).rem_euclid(7);
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        name_of(&DAYS, weekday),
        name_of(&MONTHS, month - 1),
        in_day / 3600,
        in_day / 60 % 60,
        in_day % 60,
    )
}

fn name_of(names: &[&'static str], index: i64) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index).copied())
        .unwrap_or_default()
}

/// Turns days since the epoch into year, month and day of the Gregorian calendar.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    // Counted from 0000-03-01, so that the leap day ends a year and 400 years are one era.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Turns year, month and day into days since the epoch, or `None` when there is no such day.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    // A day that its month does not have turns up as one of the next month.
    (civil_from_days(days) == (year, month, day)).then_some(days)
}

/// A date that was read from a header, with the offset that it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HttpDate {
    unix: i64,
    offset: i64,
}

impl HttpDate {
    /// Returns seconds since the epoch.
    pub fn unix(self) -> i64 {
        self.unix
    }

    /// Returns how many seconds the clock that the date was written by is ahead of UTC.
    pub fn utc_offset(self) -> i64 {
        self.offset
    }

    /// Returns the moment, or `None` where the system's clock does not reach.
    pub fn system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_secs(self.unix.unsigned_abs());
        if self.unix < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        }
    }
}

/// Reads a date as Python's mail parser does: the three forms of HTTP, and a great many others.
///
/// *Werkzeug:* `parse_date`.
///
/// ```
/// use carafe::headers::date::parse_date;
///
/// let date = parse_date("Sun, 06 Nov 1994 08:49:37 GMT");
/// assert_eq!(date.map(|date| date.unix()), Some(784_111_777));
/// assert_eq!(date, parse_date("Sunday, 06-Nov-94 08:49:37 GMT"));
/// assert_eq!(date, parse_date("Sun Nov  6 08:49:37 1994"));
/// ```
pub fn parse_date(text: &str) -> Option<HttpDate> {
    let [mut day, mut month, mut year, mut time, mut zone] = date_words(text)?;
    if day.is_empty() || month.is_empty() || year.is_empty() {
        return None;
    }
    let month_number = match month_number(month) {
        Some(number) => number,
        None => {
            (day, month) = (month, day);
            month_number(month)?
        }
    };
    day = day.strip_suffix(',').unwrap_or(day);
    if year.find(':').is_some_and(|colon| colon > 0) {
        (year, time) = (time, year);
    }
    year = year.strip_suffix(',').unwrap_or(year);
    if !year.bytes().next()?.is_ascii_digit() {
        (year, zone) = (zone, year);
    }
    let [hour, minute, second] = time_parts(time.strip_suffix(',').unwrap_or(time))?;
    let year = match parse_int(year)? {
        year @ 69..100 => year + 1900,
        year @ ..69 => year.saturating_add(2000),
        year => year,
    };
    let days = days_from_civil(year, month_number, parse_int(day)?)?;
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..60).contains(&second) {
        return None;
    }
    let offset = zone_offset(zone)?;
    Some(HttpDate {
        unix: days * 86_400 + hour * 3600 + minute * 60 + second - offset,
        offset,
    })
}

/// Splits a date into day, month, year, time and zone, which may still be in another order.
fn date_words(text: &str) -> Option<[&str; 5]> {
    let mut words: Vec<&str> = split_words(text).take(7).collect();
    let first = *words.first()?;
    if first.ends_with(',') || DAYS.iter().any(|day| first.eq_ignore_ascii_case(day)) {
        words.remove(0);
    } else if let (Some((_, after)), Some(word)) = (first.rsplit_once(','), words.first_mut()) {
        *word = after;
    }
    if let [date, time, zone] = *words.as_slice()
        && let [day, month, year] = *date.split('-').collect::<Vec<_>>().as_slice()
    {
        words = vec![day, month, year, time, zone];
    }
    if let [day, month, year, time] = *words.as_slice() {
        let sign = time
            .find('+')
            .or_else(|| time.find('-'))
            .filter(|sign| *sign > 0);
        let (time, zone) = sign
            .and_then(|sign| time.split_at_checked(sign))
            .unwrap_or((time, ""));
        words = vec![day, month, year, time, zone];
    }
    words.get(..5)?.try_into().ok()
}

fn month_number(name: &str) -> Option<i64> {
    let is_name = |month: &&str| month.eq_ignore_ascii_case(name);
    let index = MONTHS
        .iter()
        .position(is_name)
        .or_else(|| MONTHS_IN_FULL.iter().position(is_name))?;
    i64::try_from(index + 1).ok()
}

/// Reads hours, minutes and, if they are there, seconds, between colons or points.
fn time_parts(time: &str) -> Option<[i64; 3]> {
    let separator = if time.contains(':') { ':' } else { '.' };
    let parts: Vec<_> = time.split(separator).collect();
    match *parts.as_slice() {
        [hour, minute] => Some([parse_int(hour)?, parse_int(minute)?, 0]),
        [hour, minute, second] => Some([parse_int(hour)?, parse_int(minute)?, parse_int(second)?]),
        _ => None,
    }
}

/// Returns the seconds that a zone is ahead of UTC; a zone that nobody knows is UTC.
fn zone_offset(zone: &str) -> Option<i64> {
    let named = ZONES
        .iter()
        .find(|(name, _)| zone.eq_ignore_ascii_case(name));
    let digits = named
        .map(|(_, digits)| *digits)
        .or_else(|| parse_int(zone))
        .unwrap_or(0);
    let size = digits.saturating_abs();
    let seconds = (size / 100)
        .saturating_mul(3600)
        .saturating_add(size % 100 * 60);
    (seconds < 86_400).then(|| seconds * digits.signum())
}

/// The most seconds that Python's `timedelta` holds.
const MAX_AGE: u64 = 86_399_999_999_999;

/// Reads a count of seconds; `None` when it is malformed, negative or of more days than nine digits tell.
///
/// *Werkzeug:* `parse_age`.
pub fn parse_age(text: &str) -> Option<Duration> {
    parse_plain_int(text)
        .and_then(|seconds| u64::try_from(seconds).ok())
        .filter(|seconds| *seconds <= MAX_AGE)
        .map(Duration::from_secs)
}

/// Writes a count of seconds; fractions are cut off.
///
/// *Werkzeug:* `dump_age`.
pub fn dump_age(age: Duration) -> String {
    age.as_secs().to_string()
}
