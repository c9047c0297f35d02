//! The process of the app.

use std::collections::VecDeque;
use std::net::TcpListener;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use carafe::Result;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::arguments::Options;
use crate::control::Link;
use crate::say;
use crate::supervisor::Happening;

/// How long a program may take to finish what is under way.
const GRACE: Duration = Duration::from_secs(2);

/// How long the rest of the error output may take once a program has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How many of the last lines on its error output are kept.
const KEPT: usize = 200;

/// How a program ended on its own.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The word of the program that ended.
    pub(crate) word: String,
    pub(crate) status: ExitStatus,
    /// The last lines on its error output.
    pub(crate) last_lines: String,
}

/// A program that runs.
pub(crate) struct Program {
    /// Under which the program reports itself.
    pub(crate) word: String,
    /// What it reported through, once it serves.
    pub(crate) link: Option<Link>,
    stop: oneshot::Sender<Option<Link>>,
    task: JoinHandle<()>,
}

impl Program {
    /// Starts a program, which answers on the socket, reports to the ports given, and shows what there is to see
    /// since a change.
    pub(crate) fn start(
        path: &Path,
        options: &Options,
        listener: &TcpListener,
        (ports, generation): ((u16, u16), u64),
        happenings: mpsc::UnboundedSender<Happening>,
    ) -> Result<Self> {
        let word = word();
        let mut command = std::process::Command::new(path);
        command
            .args(&options.program)
            .env(
                "CARAFE_DEV",
                format!("{} {} {word} {generation}", ports.0, ports.1),
            )
            .stderr(Stdio::piped());
        if std::env::var_os("CARAFE_DEBUG").is_none() {
            command.env("CARAFE_DEBUG", "1");
        }
        hand_down(&mut command, listener)?;
        let mut command = Command::from(command);
        let mut process = command.kill_on_drop(true).spawn()?;
        let complaints = process.stderr.take();
        let (stop, stopping) = oneshot::channel();
        let task = tokio::spawn(follow(
            word.clone(),
            process,
            complaints,
            stopping,
            happenings,
        ));
        let link = None;
        Ok(Self {
            word,
            link,
            stop,
            task,
        })
    }

    /// Has the program finish what is under way, and end.
    pub(crate) async fn stop(self) {
        // That it has ended already is as good.
        let _ = self.stop.send(self.link);
        let _ = self.task.await;
    }
}

/// What nobody else on this machine can guess.
fn word() -> String {
    use std::hash::{BuildHasher, RandomState};
    format!("{:016x}", RandomState::new().hash_one(std::process::id()))
}

/// Gives a program the socket, in the way of systemd.
#[cfg(unix)]
fn hand_down(command: &mut std::process::Command, listener: &TcpListener) -> Result<()> {
    use command_fds::{CommandFdExt, FdMapping};
    let mapping = FdMapping {
        parent_fd: listener.try_clone()?.into(),
        child_fd: 3,
    };
    command
        .env("LISTEN_FDS", "1")
        .env_remove("LISTEN_FDS_FIRST_FD")
        .env_remove("LISTEN_PID")
        .fd_mappings(vec![mapping])?;
    Ok(())
}

#[cfg(not(unix))]
fn hand_down(_command: &mut std::process::Command, _listener: &TcpListener) -> Result<()> {
    Err(carafe::Error::msg(
        "`carafe dev` hands a socket down to the app, which works on Unix alone",
    ))
}

/// Follows a process to its end, which is reported unless it was asked for.
async fn follow(
    word: String,
    mut process: Child,
    complaints: Option<impl AsyncRead + Unpin + Send + 'static>,
    stopping: oneshot::Receiver<Option<Link>>,
    happenings: mpsc::UnboundedSender<Happening>,
) {
    let last_lines = LastLines::default();
    // By itself, as a program that is told to stop may still complain.
    let reading = tokio::spawn(pass_on(complaints, last_lines.clone()));
    let status = tokio::select! {
        status = process.wait() => status,
        link = stopping => {
            if let Ok(Some(link)) = link {
                drop(link);
                if timeout(GRACE, process.wait()).await.is_ok() {
                    return;
                }
            }
            // One that is gone by itself needs no killing.
            let _ = process.kill().await;
            return;
        }
    };
    // What the program has started may hold its error output open for as long as it likes.
    let _ = timeout(LAST_WORDS, reading).await;
    if let Ok(status) = status {
        let ended = Ended {
            word,
            status,
            last_lines: last_lines.text(),
        };
        let _ = happenings.send(Happening::Ended(ended));
    }
}

/// The last lines that were read so far.
#[derive(Debug, Clone, Default)]
struct LastLines(Arc<Mutex<VecDeque<String>>>);

impl LastLines {
    fn push(&self, line: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(format!("{line}\n"));
    }

    fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(String::as_str).collect()
    }
}

/// Passes on what a process complains of, and keeps the last of it.
async fn pass_on(complaints: Option<impl AsyncRead + Unpin>, kept: LastLines) {
    let Some(pipe) = complaints else { return };
    let mut lines = BufReader::new(pipe).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line);
        say(&line);
        kept.push(&line);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Stdio;
    use std::time::Duration;

    use tokio::io::AsyncReadExt;
    use tokio::net::{TcpListener, TcpStream};
    use tokio::process::{Child, Command};
    use tokio::sync::{mpsc, oneshot};
    use tokio::time::timeout;

    use super::{Happening, follow};

    /// The longest that anything may take on a machine with much else to do.
    const LONG: Duration = Duration::from_secs(60);

    fn shell(script: &str, folder: &tempfile::TempDir) -> Child {
        Command::new("/bin/sh")
            .args(["-c", script])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a shell")
    }

    #[tokio::test]
    async fn an_end_is_told_while_a_descendant_holds_the_error_output() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = "mkfifo held; read line < held & echo farewell >&2; exit 3";
        let mut process = shell(script, &folder);
        let complaints = process.stderr.take();
        let (_stop, stopping) = oneshot::channel();
        let (sender, mut happenings) = mpsc::unbounded_channel();
        tokio::spawn(follow("word".into(), process, complaints, stopping, sender));

        let happening = timeout(LONG, happenings.recv()).await;
        let Ok(Some(Happening::Ended(ended))) = happening else {
            panic!("the end is not told");
        };
        assert_eq!(ended.status.code(), Some(3));
        assert_eq!(ended.last_lines, "farewell\n");
        std::fs::write(folder.path().join("held"), "go\n").expect("a descendant");
    }

    #[tokio::test]
    async fn a_program_that_is_told_to_stop_can_still_complain() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut process = shell("read line; echo farewell >&2 && echo good > said", &folder);
        let (complaints, stdin) = (process.stderr.take(), process.stdin.take());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let link = TcpStream::connect(address).await.expect("a link");
        let (mut other_end, _) = listener.accept().await.expect("a link");
        let (_reader, link) = link.into_split();
        let (stop, stopping) = oneshot::channel();
        let (sender, _happenings) = mpsc::unbounded_channel();
        let following = tokio::spawn(follow("word".into(), process, complaints, stopping, sender));

        stop.send(Some(link)).expect("a follower");
        let ended = timeout(LONG, other_end.read(&mut [0])).await;
        assert!(matches!(ended, Ok(Ok(0))), "the link is not dropped");
        drop(stdin);
        following.await.expect("an end");
        let said = std::fs::read_to_string(folder.path().join("said"));
        assert_eq!(said.expect("a file"), "good\n");
    }
}
