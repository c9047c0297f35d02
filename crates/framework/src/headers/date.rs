//! Dates in headers: writing and reading them. Werkzeug: `http_date`, `parse_date`.

use std::time::{SystemTime, UNIX_EPOCH};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

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
    let seconds = match moment.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => {
            let before = before.duration();
            let partial = i64::from(before.subsec_nanos() > 0);
            i64::try_from(before.as_secs()).map_or(i64::MIN, |whole| -whole - partial)
        }
    };
    http_date_from_unix(seconds)
}

/// The first second of the year 1.
const MIN_UNIX: i64 = -62_135_596_800;
/// The last second of the year 9999.
const MAX_UNIX: i64 = 253_402_300_799;

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
