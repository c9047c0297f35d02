//! `carafe dev`

fn main() -> std::process::ExitCode {
    carafe_cli::main(std::env::args_os())
}
