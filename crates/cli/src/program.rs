//! The process of the app.

use std::collections::VecDeque;
use std::net::TcpListener;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
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
    complaints: Option<impl AsyncRead + Unpin>,
    stopping: oneshot::Receiver<Option<Link>>,
    happenings: mpsc::UnboundedSender<Happening>,
) {
    let mut last_lines = VecDeque::new();
    let told = async {
        let (tell, _) = tokio::join!(process.wait(), pass_on(complaints, &mut last_lines));
        tell
    };
    let status = tokio::select! {
        status = told => status,
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
    if let Ok(status) = status {
        let last_lines = last_lines.into_iter().collect();
        let ended = Ended {
            word,
            status,
            last_lines,
        };
        let _ = happenings.send(Happening::Ended(ended));
    }
}

/// Passes on what a process complains of, and keeps the last of it.
async fn pass_on(complaints: Option<impl AsyncRead + Unpin>, kept: &mut VecDeque<String>) {
    let Some(pipe) = complaints else { return };
    let mut lines = BufReader::new(pipe).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line).into_owned();
        say(&line);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(format!("{line}\n"));
    }
}
