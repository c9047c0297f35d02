//! The dates that Python's `email.utils` reads, which Werkzeug's `parse_date` is made of.

use crate::value::DateTime;

const MONTHS: [&str; 12] = [
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
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The words of a date in the places that `email.utils` gives them.
struct Words<'a> {
    day: &'a str,
    month: u32,
    year: &'a str,
    time: &'a str,
    zone: &'a str,
}

/// Reads a date in any form that Python takes; no zone means UTC.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    let words = arrange(text)?;
    let (hour, minute, second) = time_of(words.time)?;
    let year = match words.year.parse::<i32>().ok()? {
        // A year of two digits lies between 1969 and 2068.
        year @ 69..100 => year + 1900,
        year if year < 100 => year + 2000,
        year => year,
    };
    let day = words.day.parse().ok()?;
    let naive = DateTime::from_parts((year, words.month, day), (hour, minute, second), 0)?;
    naive.checked_add_seconds(-offset_of(words.zone)?)
}

/// Puts the words into their places. *Python:* the first half of `_parsedate_tz`.
fn arrange(text: &str) -> Option<Words<'_>> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let first = *words.first()?;
    if first.ends_with(',') || DAYS.contains(&first.to_lowercase().as_str()) {
        words.remove(0);
    } else if let Some((_, rest)) = first.rsplit_once(',') {
        *words.first_mut()? = rest;
    }
    if let [date, _, _] = words.as_slice() {
        let parts: Vec<&str> = date.split('-').collect();
        if parts.len() == 3 {
            words.splice(..1, parts);
        }
    }
    if let [_, _, _, last] = words.as_slice() {
        let last = *last;
        let at = last.find('+').or_else(|| last.find('-'));
        match at
            .filter(|at| *at > 0)
            .and_then(|at| last.split_at_checked(at))
        {
            Some((time, zone)) => words.splice(3.., [time, zone]).for_each(drop),
            None => words.push(""),
        }
    }
    let [mut day, mut month, mut year, mut time, mut zone] = *words.get(..5)? else {
        return None;
    };
    if day.is_empty() || month.is_empty() || year.is_empty() {
        return None;
    }
    if month_of(month).is_none() {
        (day, month) = (month, day);
    }
    if year.find(':').is_some_and(|at| at > 0) {
        (year, time) = (time, year);
    }
    year = year.strip_suffix(',').unwrap_or(year);
    if !year.chars().next()?.is_numeric() {
        (year, zone) = (zone, year);
    }
    Some(Words {
        day: day.strip_suffix(',').unwrap_or(day),
        month: month_of(month)?,
        year,
        time: time.strip_suffix(',').unwrap_or(time),
        zone,
    })
}

/// Finds a month by its whole name or by three letters.
fn month_of(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let index = MONTHS
        .iter()
        .position(|month| *month == word || month.get(..3) == Some(word.as_str()))?;
    u32::try_from(index + 1).ok()
}

fn time_of(text: &str) -> Option<(u32, u32, u32)> {
    let separator = if text.contains(':') { ':' } else { '.' };
    let parts: Vec<&str> = text.split(separator).collect();
    let (hour, minute, second) = match *parts.as_slice() {
        [hour, minute] => (hour, minute, "0"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    Some((
        hour.parse().ok()?,
        minute.parse().ok()?,
        second.parse().ok()?,
    ))
}

/// Returns the seconds that a zone is ahead of UTC; a name that nobody knows counts as UTC.
fn offset_of(zone: &str) -> Option<i64> {
    let hours = match zone.to_uppercase().as_str() {
        "AST" => -400,
        "ADT" => -300,
        "EST" => -500,
        "EDT" => -400,
        "CST" => -600,
        "CDT" => -500,
        "MST" => -700,
        "MDT" => -600,
        "PST" => -800,
        "PDT" => -700,
        other => other.parse::<i64>().unwrap_or(0),
    };
    let seconds = hours.checked_abs()? / 100 * 3600 + hours.checked_abs()? % 100 * 60;
    // Python has no zone that is a day or more away.
    (seconds < 86_400).then_some(seconds * hours.signum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_in_python() {
        for (text, expected) in [
            ("Sat, 18 Apr 2026 08:13:20 GMT", Some(1_776_500_000)),
            ("18 Apr 2026 08:13:20 GMT", Some(1_776_500_000)),
            ("Saturday, 18-Apr-26 08:13:20 GMT", Some(1_776_500_000)),
            ("Sat Apr 18 08:13:20 2026", Some(1_776_500_000)),
            ("Sat, 18 Apr 2026 10:13:20 +0200", Some(1_776_500_000)),
            ("Sat, 18 Apr 2026 08:13:20 -0000", Some(1_776_500_000)),
            ("Sat, 18 Apr 2026 08.13", Some(1_776_499_980)),
            ("Mon, 01 Jan 0001 00:00:00 GMT", Some(978_307_200)),
            ("Thu, 31 Dec 0099 01:02:03 GMT", Some(946_602_123)),
            ("Sat, 18 Apr 2026 08:13:60 GMT", None),
            ("Sat, 31 Feb 2026 08:13:20 GMT", None),
            ("2026-04-18T08:13:20Z", None),
            ("Sat, 18 Apr 2026 08:13:20 +9900", None),
            ("", None),
            ("  ", None),
            ("Sat,", None),
        ] {
            assert_eq!(parse(text).map(|date| date.unix()), expected, "{text}");
        }
    }
}
