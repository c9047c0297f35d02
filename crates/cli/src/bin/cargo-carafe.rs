//! `cargo carafe dev`

fn main() -> std::process::ExitCode {
    // Cargo names the subcommand once more.
    let words = std::env::args_os().enumerate();
    let words = words.filter(|(place, word)| *place != 1 || word != "carafe");
    carafe_cli::main(words.map(|(_, word)| word))
}
