//! Times contenders in turns and prints what they took.

use std::time::{Duration, Instant};

use crate::alloc;

/// One way of doing the same work.
pub struct Contender<'a> {
    name: &'a str,
    /// Does the work once for each request.
    work: Box<dyn FnMut() + 'a>,
    fastest: f64,
    allocations: f64,
}

impl<'a> Contender<'a> {
    pub fn new(name: &'a str, work: impl FnMut() + 'a) -> Self {
        Self {
            name,
            work: Box::new(work),
            fastest: f64::MAX,
            allocations: 0.0,
        }
    }
}

/// How long a contender works before the next one has its turn.
const TURN: Duration = Duration::from_millis(8);

/// How many turns each contender has.
const ROUNDS: u32 = 40;

/// Times contenders that handle `requests` requests each; gives nanoseconds a
/// request in their order.
pub fn time(contenders: &mut [Contender<'_>], requests: usize) -> Vec<f64> {
    let requests = requests as f64;
    let mut repeats = Vec::new();
    for contender in &mut *contenders {
        (contender.work)();
        contender.allocations = alloc::count(&mut contender.work) as f64 / requests;
        let start = Instant::now();
        (contender.work)();
        let once = start.elapsed().max(Duration::from_nanos(1));
        repeats.push((TURN.as_nanos() / once.as_nanos()).clamp(1, 1_000_000));
    }
    for _ in 0..ROUNDS {
        for (contender, repeats) in contenders.iter_mut().zip(&repeats) {
            let start = Instant::now();
            for _ in 0..*repeats {
                (contender.work)();
            }
            let each = start.elapsed().as_nanos() as f64 / *repeats as f64 / requests;
            contender.fastest = contender.fastest.min(each);
        }
    }
    contenders
        .iter()
        .map(|contender| contender.fastest)
        .collect()
}

/// Times contenders and prints them; ratios are to the one named as baseline.
pub fn print(title: &str, mut contenders: Vec<Contender<'_>>, requests: usize, baseline: &str) {
    time(&mut contenders, requests);
    let base = contenders
        .iter()
        .find(|contender| contender.name == baseline);
    let base = base.map_or(1.0, |contender| contender.fastest);
    println!(
        "\n{title}\n{:28}{:>12}{:>9}{:>14}",
        "", "ns/request", "ratio", "allocations"
    );
    for Contender {
        name,
        fastest,
        allocations,
        ..
    } in &contenders
    {
        println!(
            "{name:28}{fastest:>12.1}{:>9.2}{allocations:>14.2}",
            fastest / base
        );
    }
}
