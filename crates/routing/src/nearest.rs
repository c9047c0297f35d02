//! The name that comes closest to a mistyped one.

/// Tells how alike two texts are, from 0 to 1, as Python's
/// `difflib.SequenceMatcher.ratio` does.
pub(crate) fn ratio(a: &str, b: &str) -> f64 {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let total = a.len() + b.len();
    if total == 0 {
        return 1.0;
    }
    let mut matched = 0;
    let mut open = vec![(0, a.len(), 0, b.len())];
    while let Some((a_start, a_end, b_start, b_end)) = open.pop() {
        let a_part = a.get(a_start..a_end).unwrap_or_default();
        let b_part = b.get(b_start..b_end).unwrap_or_default();
        let (a_at, b_at, length) = longest_common(a_part, b_part);
        if length > 0 {
            matched += length;
            open.push((a_start, a_start + a_at, b_start, b_start + b_at));
            open.push((
                a_start + a_at + length,
                a_end,
                b_start + b_at + length,
                b_end,
            ));
        }
    }
    2.0 * matched as f64 / total as f64
}

/// The first longest run that both have: where in each, and how long.
fn longest_common(a: &[char], b: &[char]) -> (usize, usize, usize) {
    let mut best = (0, 0, 0);
    let mut before = vec![0; b.len() + 1];
    for (a_at, a_char) in a.iter().enumerate() {
        let mut now = vec![0; b.len() + 1];
        for (b_at, (b_char, (length, place))) in b
            .iter()
            .zip(before.iter().zip(now.iter_mut().skip(1)))
            .enumerate()
        {
            if a_char == b_char {
                *place = length + 1;
                if *place > best.2 {
                    best = (a_at + 1 - *place, b_at + 1 - *place, *place);
                }
            }
        }
        before = now;
    }
    best
}

/// Finds the most similar of several names, if one is similar enough to be meant.
pub(crate) fn of<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    known
        .filter(|known| *known != "default")
        .map(|known| (ratio(name, known), known))
        .filter(|(ratio, _)| *ratio >= 0.6)
        // Equal ratios: the first in the alphabet, whatever the order of asking.
        .max_by(|(a, a_name), (b, b_name)| a.total_cmp(b).then(b_name.cmp(a_name)))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{of, ratio};

    #[test]
    fn ratios_are_those_of_difflib() {
        assert_eq!(ratio("abcd", "bcde"), 0.75);
        assert_eq!(ratio("", ""), 1.0);
        assert_eq!(ratio("a", ""), 0.0);
        assert!((ratio("user", "users") - 8.0 / 9.0).abs() < 1e-12);
    }

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let names = ["string", "int", "float", "default"];
        assert_eq!(of("in", names.into_iter()), Some("int"));
        assert_eq!(of("sting", names.into_iter()), Some("string"));
        assert_eq!(of("xyz", names.into_iter()), None);
    }
}
