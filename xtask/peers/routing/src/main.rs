//! Measures matching and building URLs against other routers, all in one run.
//!
//! Every figure is the fastest of several rounds in which the contenders take
//! turns, in nanoseconds for one request, with the ratio to the first one named.

mod alloc;
mod github;
mod misses;
mod sizes;
mod table;
mod urls;

fn main() {
    github::plain();
    github::typed();
    sizes::run();
    misses::run();
    urls::run();
}
