//! Changes of files: which there are, and what each of them means. Werkzeug: `werkzeug._reloader`.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use carafe::Result;
use globset::{Glob, GlobSet, GlobSetBuilder};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use crate::arguments::Options;
use crate::project::Project;

/// What changed files ask for; what asks for more is greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// A template or a static file: the page is loaded anew.
    Page(PathBuf),
    /// What the program reads when it starts: it is started anew.
    Start(PathBuf),
    /// The source: the program is built anew.
    Source(PathBuf),
}

/// What several files ask for that changed at once, each with one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// The source, if it changed.
    pub(crate) source: Option<Change>,
    /// The greatest change besides.
    pub(crate) other: Option<Change>,
}

impl Changes {
    fn add(&mut self, change: Change) {
        let place = match change {
            Change::Source(_) => &mut self.source,
            Change::Start(_) | Change::Page(_) => &mut self.other,
        };
        *place = place.take().max(Some(change));
    }

    fn is_empty(&self) -> bool {
        self.source.is_none() && self.other.is_none()
    }
}

/// An editor writes a file in several steps, and saves several files at once.
const QUIET: Duration = Duration::from_millis(40);

/// Tells of changed files.
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    events: UnboundedReceiver<PathBuf>,
    /// What was not told yet.
    pending: Changes,
    rules: Rules,
}

impl Watch {
    /// Begins to watch the folders of a project.
    pub(crate) fn new(project: &Project, options: &Options) -> Result<Self> {
        let (sender, events) = unbounded_channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if !matches!(event.kind, EventKind::Access(_)) {
                // A receiver that is gone wants to know of nothing any more.
                event
                    .paths
                    .into_iter()
                    .for_each(|path| drop(sender.send(path)));
            }
        })?;
        let mut watch = Self {
            watcher,
            events,
            pending: Changes::default(),
            rules: Rules::new(project, options)?,
        };
        for folder in &project.folders {
            watch.watcher.watch(folder, RecursiveMode::NonRecursive)?;
            for entry in std::fs::read_dir(folder)?.flatten() {
                watch.follow(&entry.path());
            }
        }
        for path in &options.extra_files {
            watch.watcher.watch(path, RecursiveMode::Recursive)?;
        }
        Ok(watch)
    }

    /// Watches a folder just below that of a package, unless nobody's source is there.
    fn follow(&mut self, folder: &Path) {
        if folder.is_dir() && !self.rules.is_foreign(folder) {
            // One that is gone by now needs no watching.
            let _ = self.watcher.watch(folder, RecursiveMode::Recursive);
        }
    }

    /// Learns of the folders whose files make pages.
    pub(crate) fn add_page_folders(&mut self, folders: Vec<PathBuf>) {
        for folder in folders {
            let is_known = self
                .rules
                .folders
                .iter()
                .any(|known| folder.starts_with(known));
            if !is_known && folder.is_dir() {
                let _ = self.watcher.watch(&folder, RecursiveMode::Recursive);
            }
            self.rules.page_folders.push(folder);
        }
    }

    /// Learns which files the program was built of.
    pub(crate) fn set_sources(&mut self, sources: HashSet<PathBuf>) {
        self.rules.sources = sources;
    }

    /// Waits for the next changes, of which there is one at least.
    ///
    /// # Cancel safety
    /// Nothing is lost when this is dropped and called again.
    pub(crate) async fn next(&mut self) -> Changes {
        loop {
            // Only what matters has others waited for: a file may be written to without end.
            let mut until = Instant::now() + QUIET;
            while !self.pending.is_empty() && Instant::now() < until {
                let Ok(Some(path)) = timeout_at(until, self.events.recv()).await else {
                    break;
                };
                if self.take_in(path) {
                    until = Instant::now() + QUIET;
                }
            }
            if !self.pending.is_empty() {
                return std::mem::take(&mut self.pending);
            }
            match self.events.recv().await {
                Some(path) => self.take_in(path),
                None => std::future::pending().await,
            };
        }
    }

    /// Keeps what a changed file or folder means; says whether it means anything.
    fn take_in(&mut self, path: PathBuf) -> bool {
        let mut folders = self.rules.folders.iter();
        let mut paths = Vec::new();
        if folders.any(|folder| path.parent() == Some(folder)) && path.is_dir() {
            self.follow(&path);
            // Files that came before it was watched were not told of.
            add_files(&path, &mut paths);
        }
        paths.push(path);
        let mut matters = false;
        for change in paths.iter().filter_map(|path| self.rules.change(path)) {
            self.pending.add(change);
            matters = true;
        }
        matters
    }
}

/// Adds the files of a folder and of those within it, as far as they can be read.
fn add_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => add_files(&entry.path(), files),
            _ => files.push(entry.path()),
        }
    }
}

/// What the change of a file means.
#[derive(Debug)]
struct Rules {
    /// The folders of packages.
    folders: Vec<PathBuf>,
    target: PathBuf,
    page_folders: Vec<PathBuf>,
    sources: HashSet<PathBuf>,
    extra_files: Vec<PathBuf>,
    excluded: GlobSet,
}

impl Rules {
    fn new(project: &Project, options: &Options) -> Result<Self> {
        let mut excluded = GlobSetBuilder::new();
        for pattern in &options.exclude_patterns {
            excluded.add(Glob::new(pattern)?);
        }
        let whole = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        Ok(Self {
            folders: project.folders.clone(),
            target: project.target.clone(),
            page_folders: Vec::new(),
            sources: HashSet::new(),
            extra_files: options.extra_files.iter().map(whole).collect(),
            excluded: excluded.build()?,
        })
    }

    fn change(&self, path: &Path) -> Option<Change> {
        let name = path.file_name()?.to_str()?;
        if self.excluded.is_match(path) {
            return None;
        }
        if self.extra_files.iter().any(|extra| path.starts_with(extra)) {
            return Some(Change::Start(path.to_owned()));
        }
        let inner = self
            .folders
            .iter()
            .find_map(|folder| path.strip_prefix(folder).ok());
        if matches!(name, ".env" | ".carafeenv") && inner == Some(Path::new(name)) {
            return Some(Change::Start(path.to_owned()));
        }
        if is_of_editor(name) || self.is_foreign(path) {
            return None;
        }
        // Sources come first: what is compiled in may be in a folder of any name.
        let is_source = path.extension() == Some(OsStr::new("rs"))
            || matches!(name, "Cargo.toml" | "Cargo.lock")
            || self.sources.contains(path);
        if is_source {
            return Some(Change::Source(path.to_owned()));
        }
        let is_page = self
            .page_folders
            .iter()
            .any(|folder| path.starts_with(folder))
            || inner.is_some_and(|inner| {
                let mut parts = inner.parent().into_iter().flat_map(Path::components);
                parts.any(|part| {
                    PAGE_FOLDERS.contains(&part.as_os_str().to_str().unwrap_or_default())
                })
            });
        is_page.then(|| Change::Page(path.to_owned()))
    }

    /// Whether a path is hidden, or where cargo builds.
    fn is_foreign(&self, path: &Path) -> bool {
        let inner = self
            .folders
            .iter()
            .find_map(|folder| path.strip_prefix(folder).ok());
        let mut parts = inner.into_iter().flat_map(Path::components);
        path.starts_with(&self.target)
            || parts.any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."))
    }
}

/// The folders of templates and static files, if an app does not say otherwise.
const PAGE_FOLDERS: [&str; 2] = ["templates", "static"];

/// Whether a file is one that an editor keeps for itself while another is edited.
fn is_of_editor(name: &str) -> bool {
    let ends = ["~", ".swp", ".swx", ".tmp", ".bak"];
    name.starts_with('#') || ends.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use tokio::sync::mpsc::unbounded_channel;
    use tokio::time::timeout;

    use super::{Change, Changes, Options, Project, Rules, Watch};

    fn watch(folder: &tempfile::TempDir) -> Watch {
        let project = Project {
            package: "app".to_owned(),
            bin: "app".to_owned(),
            folders: vec![folder.path().to_owned()],
            target: folder.path().join("target"),
        };
        Watch::new(&project, &Options::default()).expect("a watch")
    }

    #[tokio::test]
    async fn files_that_mean_nothing_hold_nothing_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut watch = watch(&folder);
        let (sender, events) = unbounded_channel();
        watch.events = events;
        let source = folder.path().join("src/main.rs");
        sender.send(source.clone()).expect("a watch");
        let log = folder.path().join("app.log");
        tokio::spawn(async move {
            while sender.send(log.clone()).is_ok() {
                tokio::task::yield_now().await;
            }
        });
        let change = timeout(Duration::from_secs(60), watch.next()).await;
        let expected = Changes {
            source: Some(Change::Source(source)),
            other: None,
        };
        assert_eq!(change, Ok(expected));
    }

    fn rules(options: &Options) -> Rules {
        let project = Project {
            package: "app".to_owned(),
            bin: "app".to_owned(),
            folders: vec!["/w/app".into(), "/w/lib".into()],
            target: "/w/app/target".into(),
        };
        Rules::new(&project, options).expect("patterns")
    }

    fn name(change: Option<Change>) -> &'static str {
        match change {
            None => "nothing",
            Some(Change::Page(_)) => "page",
            Some(Change::Start(_)) => "start",
            Some(Change::Source(_)) => "source",
        }
    }

    #[test]
    fn each_file_asks_for_what_it_is_part_of() {
        let mut rules = rules(&Options::default());
        rules.page_folders.push("/elsewhere/pages".into());
        rules.sources.insert("/w/app/schema.sql".into());
        rules
            .sources
            .insert("/w/app/templates/compiled_in.txt".into());
        for (path, wanted) in [
            ("/w/app/src/main.rs", "source"),
            ("/w/lib/src/deep/down.rs", "source"),
            ("/w/app/Cargo.toml", "source"),
            ("/w/app/schema.sql", "source"),
            ("/w/app/src/templates/mod.rs", "source"),
            ("/w/app/src/static/deep/files.rs", "source"),
            ("/w/app/templates/compiled_in.txt", "source"),
            ("/w/app/templates/deep/index.html", "page"),
            ("/w/app/admin/static/app.css", "page"),
            ("/elsewhere/pages/index.html", "page"),
            ("/w/app/.env", "start"),
            ("/w/app/src/.env", "nothing"),
            ("/w/app/notes.txt", "nothing"),
            ("/w/app/templates", "nothing"),
            ("/w/app/templates/.index.html.swp", "nothing"),
            ("/w/app/templates/index.html~", "nothing"),
            ("/w/app/.git/index.rs", "nothing"),
            ("/w/app/target/debug/build/out.rs", "nothing"),
        ] {
            assert_eq!(name(rules.change(Path::new(path))), wanted, "{path}");
        }
    }

    #[test]
    fn patterns_exclude_files() {
        let options = Options {
            exclude_patterns: vec!["*/generated/*".to_owned(), "*.min.js".to_owned()],
            ..Options::default()
        };
        let rules = rules(&options);
        for (path, wanted) in [
            ("/w/app/src/generated/tables.rs", "nothing"),
            ("/w/app/static/app.min.js", "nothing"),
            ("/w/app/static/app.js", "page"),
        ] {
            assert_eq!(name(rules.change(Path::new(path))), wanted, "{path}");
        }
    }

    #[test]
    fn further_files_start_the_app_anew() {
        let options = Options {
            extra_files: vec!["/etc/app".into()],
            ..Options::default()
        };
        let rules = rules(&options);
        assert_eq!(
            name(rules.change(Path::new("/etc/app/config.toml"))),
            "start"
        );
        assert_eq!(name(rules.change(Path::new("/etc/other.toml"))), "nothing");
    }

    #[tokio::test]
    async fn of_several_changes_the_source_and_the_greatest_besides_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut watch = watch(&folder);
        let (sender, events) = unbounded_channel();
        watch.events = events;
        let file = |name: &str| folder.path().join(name);
        for name in [".env", "tests/x.rs", "static/app.css"] {
            sender.send(file(name)).expect("a watch");
        }
        let expected = Changes {
            source: Some(Change::Source(file("tests/x.rs"))),
            other: Some(Change::Start(file(".env"))),
        };
        assert_eq!(watch.next().await, expected);
    }
}
