//! Decides what a change means, and who answers on the socket: the app, a page, or nobody for a moment.

use std::net::{TcpListener, ToSocketAddrs};
use std::path::PathBuf;

use carafe::{Error, Result};
use tokio::sync::{mpsc, watch};

use crate::arguments::Options;
use crate::build::{self, Built};
use crate::control::{self, Report};
use crate::news;
use crate::page::Page;
use crate::program::{Ended, Program};
use crate::project::Project;
use crate::say;
use crate::watch::{Change, Changes, Watch};

/// What the supervisor is told.
pub(crate) enum Happening {
    /// A build has ended.
    Built(Result<Built>),
    /// A program serves.
    Serves(Report),
    /// A program has ended on its own.
    Ended(Ended),
}

/// Who answers on the socket. Requests wait in it while nobody does.
enum Answering {
    Nobody,
    Program(Program),
    Page(Page),
}

/// Whether a build runs, and whether it will do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Building {
    No,
    Yes,
    /// The source has changed since it began.
    InVain,
}

/// The supervisor of an app: it holds the socket for as long as it runs.
pub(crate) struct Supervisor {
    options: Options,
    project: std::sync::Arc<Project>,
    listener: TcpListener,
    watch: Option<Watch>,
    sender: mpsc::UnboundedSender<Happening>,
    happenings: mpsc::UnboundedReceiver<Happening>,
    /// The number of the last change.
    generation: u64,
    /// The number of the last change that is to be seen.
    seen: watch::Sender<u64>,
    /// Where programs report, and where browsers wait for news.
    ports: (u16, u16),
    /// The last program that was built.
    built: Option<PathBuf>,
    building: Building,
    /// What is to be done if the build that runs leaves the program as it is.
    owed: Option<Change>,
    answering: Answering,
}

impl Supervisor {
    /// Opens the sockets and begins to watch.
    pub(crate) async fn new(options: Options) -> Result<Self> {
        let project = Project::find(&options)?;
        let watch = Watch::new(&project, &options)?;
        let listener = bind(&options)?;
        let address = listener.local_addr()?;
        let (sender, happenings) = mpsc::unbounded_channel();
        let (seen, news) = watch::channel(0);
        let ports = (
            control::listen(sender.clone()).await?,
            news::serve(address.ip(), news).await?,
        );
        say(format_args!(" * Watching {:?}", project.bin));
        say(format_args!(
            " * Running on http://{address}\n   Press CTRL+C to quit"
        ));
        Ok(Self {
            options,
            project: project.into(),
            listener,
            watch: Some(watch),
            sender,
            happenings,
            generation: 0,
            seen,
            ports,
            built: None,
            building: Building::No,
            owed: None,
            answering: Answering::Nobody,
        })
    }

    /// Follows changes until a signal ends it.
    pub(crate) async fn run(mut self) -> Result<()> {
        let Some(mut watch) = self.watch.take() else {
            return Ok(());
        };
        self.build();
        let mut ending = std::pin::pin!(ending());
        loop {
            tokio::select! {
                ended = &mut ending => {
                    self.clear().await;
                    return ended;
                }
                changes = watch.next() => self.changed(changes).await?,
                Some(happening) = self.happenings.recv() => match happening {
                    Happening::Built(built) => self.built(built?, &mut watch).await?,
                    Happening::Serves(report) => self.serves(report, &mut watch),
                    Happening::Ended(ended) => self.ended(ended).await?,
                },
            }
        }
    }

    async fn changed(&mut self, changes: Changes) -> Result<()> {
        if let Some(Change::Source(path)) = &changes.source {
            say(format_args!(" * Detected change in {path:?}, building"));
            self.build();
        }
        let Some(other) = changes.other else {
            return Ok(());
        };
        let waits = match other {
            // While a build runs the program is started anyway, at the end of it.
            Change::Start(_) => self.building != Building::No,
            _ => changes.source.is_some(),
        };
        match waits {
            true => {
                self.owed = self.owed.take().max(Some(other));
                Ok(())
            }
            false => self.follow(other).await,
        }
    }

    /// Does what a change asks for that needs no build.
    async fn follow(&mut self, change: Change) -> Result<()> {
        let told =
            |path: &PathBuf, so: &str| say(format_args!(" * Detected change in {path:?}, {so}"));
        match &change {
            Change::Page(path) => {
                told(path, "reloading the page");
                self.page_changed().await;
            }
            Change::Start(path) | Change::Source(path) => {
                told(path, "starting the app anew");
                if let Some(program) = self.built.clone() {
                    self.start(program).await?;
                }
            }
        }
        Ok(())
    }

    /// Begins a build, or has another one follow the one that runs.
    fn build(&mut self) {
        if self.building != Building::No {
            self.building = Building::InVain;
            return;
        }
        self.building = Building::Yes;
        let (project, options) = (self.project.clone(), self.options.clone());
        let sender = self.sender.clone();
        tokio::spawn(async move {
            let built = build::build(&project, &options).await;
            let _ = sender.send(Happening::Built(built));
        });
    }

    async fn built(&mut self, built: Built, watch: &mut Watch) -> Result<()> {
        let in_vain = self.building == Building::InVain;
        self.building = Building::No;
        if in_vain {
            if let Built::Program {
                path,
                is_fresh: false,
            } = built
            {
                // The next build finds this program fresh, which is not the one that runs.
                self.owed = self.owed.take().max(Some(Change::Start(path)));
            }
            self.build();
            return Ok(());
        }
        match built {
            Built::Program { path, is_fresh } => {
                watch.set_sources(build::sources(&path));
                let runs = matches!(self.answering, Answering::Program(_)) && is_fresh;
                if !runs || self.built.as_ref() != Some(&path) {
                    return self.start(path).await;
                }
                match self.owed.take() {
                    Some(change) => self.follow(change).await,
                    None => Ok(()),
                }
            }
            Built::Broken(text) => self.show("The app does not compile", &text).await,
        }
    }

    /// Puts a program in the place of what answers.
    async fn start(&mut self, path: PathBuf) -> Result<()> {
        self.clear().await;
        self.owed = None;
        self.generation += 1;
        let (sender, since) = (self.sender.clone(), (self.ports, self.generation));
        let started = Program::start(&path, &self.options, &self.listener, since, sender);
        self.built = Some(path);
        match started {
            Ok(program) => self.answering = Answering::Program(program),
            Err(error) => {
                self.show("The app cannot be started", &error.to_string())
                    .await?
            }
        }
        Ok(())
    }

    fn serves(&mut self, report: Report, watch: &mut Watch) {
        let Answering::Program(program) = &mut self.answering else {
            return;
        };
        if program.word == report.word {
            program.link = Some(report.link);
            watch.add_page_folders(report.folders);
            self.seen.send_replace(self.generation);
        }
    }

    async fn ended(&mut self, ended: Ended) -> Result<()> {
        let Answering::Program(program) = &self.answering else {
            return Ok(());
        };
        if program.word != ended.word {
            return Ok(());
        }
        let title = format!("The app has ended: {}", ended.status);
        self.show(&title, &ended.last_lines).await
    }

    /// Shows a page in the place of what answers.
    async fn show(&mut self, title: &str, text: &str) -> Result<()> {
        self.clear().await;
        self.owed = None;
        self.generation += 1;
        let page = Page::serve(&self.listener, title, text, (self.ports.1, self.generation))?;
        self.answering = Answering::Page(page);
        self.seen.send_replace(self.generation);
        Ok(())
    }

    /// Leaves the socket to nobody, once what is under way is answered.
    async fn clear(&mut self) {
        match std::mem::replace(&mut self.answering, Answering::Nobody) {
            Answering::Nobody => {}
            Answering::Program(program) => program.stop().await,
            Answering::Page(page) => page.stop().await,
        }
    }

    /// Tells the program, and then the browsers, that its pages have changed.
    async fn page_changed(&mut self) {
        // Without a program that serves, there is no page yet that could be loaded anew.
        if let Answering::Program(program) = &mut self.answering
            && let Some(link) = &mut program.link
        {
            self.generation += 1;
            control::tell(link, self.generation).await;
            self.seen.send_replace(self.generation);
        }
    }
}

fn bind(options: &Options) -> Result<TcpListener> {
    let address = (options.host.as_str(), options.port);
    let explain = |error| {
        Error::msg(format!(
            "cannot listen on {}:{}: {error}",
            address.0, address.1
        ))
    };
    let addresses: Vec<_> = address.to_socket_addrs().map_err(explain)?.collect();
    let listener = TcpListener::bind(&*addresses).map_err(explain)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Waits for a signal to end.
async fn ending() -> Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
        }
    }
    #[cfg(not(unix))]
    Ok(tokio::signal::ctrl_c().await?)
}
