//! `conformance [PATH…]`: runs recorded vectors and reports what differs.

use std::env;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use conformance::{dispatch, tally::Tally, vectors};

fn main() -> ExitCode {
    let mut paths: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        paths.push(vectors::default_folder());
    }
    // A panic becomes a failed case with its message; the default hook would print it twice.
    panic::set_hook(Box::new(|_| {}));
    match run(&paths, &mut BufWriter::new(io::stdout().lock())) {
        Ok(tally) if tally.failed == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(paths: &[PathBuf], out: &mut dyn Write) -> io::Result<Tally> {
    let mut tally = Tally::default();
    for file in vectors::find(paths)? {
        run_file(&file, &mut tally, out)?;
    }
    tally.close(out)?;
    out.flush()?;
    Ok(tally)
}

fn run_file(file: &Path, tally: &mut Tally, out: &mut dyn Write) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    for (index, line) in fs::read(file)?.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let place = format!("{name}:{}", index + 1);
        let outcomes = match vectors::parse(line) {
            Ok(record) => dispatch::run(&record),
            Err(error) => vec![dispatch::failed(format!("not a JSON record: {error}"))],
        };
        for outcome in &outcomes {
            tally.count(&place, outcome, out)?;
        }
    }
    Ok(())
}
