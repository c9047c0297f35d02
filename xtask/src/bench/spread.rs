//! The median of some rounds, with the least and the most beside it.

/// What several rounds of one measurement gave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Spread {
    /// Sums up rounds; without any, every figure is NaN.
    pub(super) fn of(mut rounds: Vec<f64>) -> Self {
        rounds.sort_by(f64::total_cmp);
        let at = |index: usize| rounds.get(index).copied().unwrap_or(f64::NAN);
        let half = rounds.len() / 2;
        let median = if rounds.len() % 2 == 1 {
            at(half)
        } else {
            f64::midpoint(at(half.wrapping_sub(1)), at(half))
        };
        Self {
            median,
            least: at(0),
            most: at(rounds.len().wrapping_sub(1)),
        }
    }

    /// Writes the three figures in columns.
    pub(super) fn columns(self, decimals: usize) -> String {
        let Self {
            median,
            least,
            most,
        } = self;
        format!("{median:>11.decimals$}{least:>11.decimals$}{most:>11.decimals$}")
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn the_median_is_the_middle_or_between_the_two_in_the_middle() {
        let odd = Spread::of(vec![3.0, 1.0, 2.0]);
        assert_eq!((odd.median, odd.least, odd.most), (2.0, 1.0, 3.0));
        assert_eq!(Spread::of(vec![4.0, 1.0]).median, 2.5);
        assert!(Spread::of(Vec::new()).median.is_nan());
    }
}
