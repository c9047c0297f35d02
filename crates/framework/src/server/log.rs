//! Where the log goes when the program has not said so, and what its lines look like.
//! Flask: `flask.logging.default_handler`; Werkzeug: `werkzeug._internal._log`.

mod plain; // text of others on its way into a line

use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::io::IsTerminal;

use time::{OffsetDateTime, UtcOffset};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

use crate::app::App;
use crate::server::access;
use crate::server::log::plain::{Breaks, Plain};

/// Writes the log to standard error; a subscriber that the program has set stays.
///
/// These are warnings and errors; in debug mode also all that the app itself and Carafe have to say, and a line
/// for each request, which `access_log` asks for in other modes.
pub(crate) fn to_stderr(app: &App, access_log: bool) {
    let lines = Lines {
        // Asked while the process has one thread: later it could not be asked safely.
        offset: UtcOffset::current_local_offset().unwrap_or(UtcOffset::UTC),
        has_colors: std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    let wanted = wanted(app.name(), app.config.debug, access_log);
    // That there is another one already is the reason to leave it at that.
    let _ = tracing::subscriber::set_global_default(subscriber(lines, wanted, std::io::stderr));
}

/// Which events are wanted.
///
/// *Flask:* `flask.logging.create_logger`.
fn wanted(app_name: &str, debug: bool, access_log: bool) -> Targets {
    let wanted = Targets::new().with_default(LevelFilter::WARN);
    let wanted = match debug {
        // An app is named after its crate, and events after the modules they come from.
        true => wanted
            .with_target(app_name.replace('-', "_"), LevelFilter::DEBUG)
            .with_target("carafe", LevelFilter::DEBUG),
        false => wanted,
    };
    let access = if debug || access_log {
        LevelFilter::INFO
    } else {
        LevelFilter::OFF
    };
    wanted.with_target(access::TARGET, access)
}

fn subscriber<W>(lines: Lines, wanted: Targets, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer()
        .event_format(lines)
        .with_writer(writer);
    tracing_subscriber::registry().with(wanted).with(layer)
}

/// The form of the lines: Flask's, and Werkzeug's for requests.
struct Lines {
    offset: UtcOffset,
    has_colors: bool,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(
        &self,
        _ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut said = Said::default();
        event.record(&mut said);
        let now = OffsetDateTime::now_utc().to_offset(self.offset);
        let (level, target) = (event.metadata().level(), event.metadata().target());
        match target == access::TARGET {
            true => self.request(&mut writer, now, &said),
            false => message(&mut writer, now, &level.to_string(), target, &said),
        }
    }
}

/// `[2026-01-31 23:59:59,123] ERROR in app: Exception on / [GET]`
///
/// *Flask:* `[%(asctime)s] %(levelname)s in %(module)s: %(message)s`.
fn message(
    writer: &mut Writer<'_>,
    now: OffsetDateTime,
    level: &str,
    target: &str,
    said: &Said,
) -> fmt::Result {
    // Python's words.
    let level = if level == "WARN" { "WARNING" } else { level };
    let module = target.rsplit("::").next().unwrap_or(target);
    let milliseconds = now.millisecond();
    write!(
        writer,
        "[{} {},{milliseconds:03}] {level} in {module}: {}{}{}",
        now.date(),
        clock(now),
        said.message,
        said.fields,
        said.error,
    )?;
    writer.write_char('\n')
}

fn clock(now: OffsetDateTime) -> String {
    let (hour, minute, second) = now.to_hms();
    format!("{hour:02}:{minute:02}:{second:02}")
}

impl Lines {
    /// `127.0.0.1 - - [31/Jan/2026 23:59:59] "GET / HTTP/1.1" 200 -`
    fn request(&self, writer: &mut Writer<'_>, now: OffsetDateTime, said: &Said) -> fmt::Result {
        let month = now.month().to_string();
        let month = month.get(..3).unwrap_or_default();
        let (before, after) = match (self.has_colors, color(said.status)) {
            (true, Some(color)) => (format!("\x1b[{color}m"), "\x1b[0m"),
            _ => (String::new(), ""),
        };
        writeln!(
            writer,
            "{} - - [{:02}/{month}/{:04} {}] \"{before}{}{after}\" {} -",
            said.remote,
            now.day(),
            now.year(),
            clock(now),
            said.message,
            said.status,
        )
    }
}

/// *Werkzeug:* `WSGIRequestHandler.log_request`.
fn color(status: u64) -> Option<&'static str> {
    match status {
        100..200 => Some("1"),
        304 => Some("36"),
        300..400 => Some("32"),
        404 => Some("33"),
        400..500 => Some("31;1"),
        200..300 => None,
        _ => Some("35;1"),
    }
}

/// What an event says.
#[derive(Default)]
struct Said {
    message: String,
    /// ` name=value`, of each field that has no place of its own.
    fields: String,
    /// A line for the error, and one for each cause.
    error: String,
    remote: String,
    status: u64,
}

/// What clients send may be in any of it, so none of it is written as it is.
impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = match field.name() {
            "message" => write!(indented(&mut self.message), "{value:?}"),
            "remote" => write!(spelled(&mut self.remote), "{value:?}"),
            "error" => self.tell("\nError: ", format_args!("{value:?}")),
            name => write!(spelled(&mut self.fields), " {name}={value:?}"),
        };
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "status" => self.status = value,
            _ => self.record_debug(field, &value),
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn StdError + 'static)) {
        if field.name() != "error" {
            return self.record_debug(field, &format_args!("{value}"));
        }
        let _ = self.tell("\nError: ", format_args!("{value}"));
        let mut cause = value.source();
        while let Some(error) = cause {
            let _ = self.tell("\n  caused by: ", format_args!("{error}"));
            cause = error.source();
        }
    }
}

impl Said {
    fn tell(&mut self, lead: &str, error: fmt::Arguments<'_>) -> fmt::Result {
        self.error.push_str(lead);
        indented(&mut self.error).write_fmt(error)
    }
}

fn indented(text: &mut String) -> Plain<'_> {
    Plain::new(text, Breaks::Indented)
}

fn spelled(text: &mut String) -> Plain<'_> {
    Plain::new(text, Breaks::Spelled)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex, PoisonError};

    use time::UtcOffset;

    use super::{Lines, subscriber, wanted};

    /// What was written, for as long as the test looks at it.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            written.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that are written, with digits as `0`.
    fn lines(debug: bool, access_log: bool, work: fn()) -> Vec<String> {
        let written = Written::default();
        let writer = written.clone();
        let lines = Lines {
            offset: UtcOffset::UTC,
            has_colors: false,
        };
        let subscriber = subscriber(lines, wanted("my-app", debug, access_log), move || {
            writer.clone()
        });
        tracing::subscriber::with_default(subscriber, work);
        let written = written.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&written).into_owned();
        let even = |c: char| if c.is_ascii_digit() { '0' } else { c };
        text.lines()
            .map(|line| line.chars().map(even).collect())
            .collect()
    }

    fn speak() {
        tracing::debug!(target: "my_app::users", "asked");
        tracing::debug!(target: "other", "asked");
        tracing::warn!(target: "other", count = 3, "alarmed");
        tracing::error!(target: "my_app::users", error = %"no luck", "failed");
    }

    #[test]
    fn lines_are_flasks_and_start_with_warnings() {
        let expected = [
            "[0000-00-00 00:00:00,000] WARNING in other: alarmed count=0",
            "[0000-00-00 00:00:00,000] ERROR in users: failed",
            "Error: no luck",
        ];
        assert_eq!(lines(false, true, speak), expected);
    }

    #[test]
    fn a_subscriber_of_the_program_stays() {
        let written = Written::default();
        let writer = written.clone();
        let own = tracing_subscriber::fmt().with_writer(move || writer.clone());
        assert!(tracing::subscriber::set_global_default(own.finish()).is_ok());
        super::to_stderr(&crate::App::new("my-app"), false);
        tracing::warn!(target: "my_app::stays", "heard");
        let written = written.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(String::from_utf8_lossy(&written).contains("my_app::stays"));
    }

    #[test]
    fn in_debug_mode_the_app_says_more_and_others_do_not() {
        let lines = lines(true, false, speak);
        assert_eq!(lines[0], "[0000-00-00 00:00:00,000] DEBUG in users: asked");
        assert_eq!(lines.len(), 4, "{lines:?}");
    }

    #[test]
    fn an_error_is_told_with_its_causes() {
        #[derive(Debug)]
        struct Outer(std::fmt::Error);
        impl std::fmt::Display for Outer {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("test")
            }
        }
        impl std::error::Error for Outer {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                Some(&self.0)
            }
        }
        let lines = lines(false, false, || {
            let mut app = crate::App::new("my-app");
            crate::Scaffold::route(&mut app, "/", || Err::<&str, _>(Outer(std::fmt::Error)))
                .endpoint("index");
            // On this thread, whose subscriber this is.
            if let Ok(ctx) = app
                .build()
                .and_then(|app| app.test_request_context("/").build())
            {
                let _ = crate::lifecycle::block_on(crate::lifecycle::answer_in(&ctx));
            }
        });
        let expected = [
            "[0000-00-00 00:00:00,000] ERROR in app: Exception on / [GET]",
            "Error: test",
            "  caused by: an error occurred when formatting an argument",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_clients_send_neither_steers_a_terminal_nor_forges_a_line() {
        let lines = lines(false, false, || {
            let mut app = crate::App::new("my-app");
            let fails = |text: String| Err::<&str, _>(crate::Error::msg(format!("no {text}")));
            crate::Scaffold::route(&mut app, "/fail/<text>", fails).endpoint("fail");
            let path = "/fail/%1b[2J%0a[forged]";
            if let Ok(ctx) = app
                .build()
                .and_then(|app| app.test_request_context(path).build())
            {
                let _ = crate::lifecycle::block_on(crate::lifecycle::answer_in(&ctx));
            }
            tracing::warn!(target: "other", name = %"a\nb\x1b", "said\n[forged]\r");
        });
        let expected = [
            "[0000-00-00 00:00:00,000] ERROR in app: Exception on /fail/\\x0b[0J\\n[forged] [GET]",
            "Error: no \\x0b[0J",
            "    [forged]",
            "[0000-00-00 00:00:00,000] WARNING in other: said",
            "    [forged]\\r name=a\\nb\\x0b",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn requests_have_werkzeugs_lines_in_debug_mode_or_when_asked_for() {
        fn request() {
            let address = ([127, 0, 0, 1], 80).into();
            let request = http::Request::get("/a?b").body(());
            let entry = request
                .ok()
                .and_then(|request| super::access::Entry::of(&request, address));
            if let Some(entry) = entry {
                entry.log(http::StatusCode::NOT_FOUND);
            }
        }
        for (debug, asked) in [(true, false), (false, true)] {
            let lines = lines(debug, asked, request);
            assert_eq!(lines.len(), 1);
            assert!(lines[0].starts_with("000.0.0.0 - - [00/"), "{lines:?}");
            assert!(
                lines[0].ends_with("/0000 00:00:00] \"GET /a?b HTTP/0.0\" 000 -"),
                "{lines:?}"
            );
        }
        assert!(lines(false, false, request).is_empty());
    }
}
