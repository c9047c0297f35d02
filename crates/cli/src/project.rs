//! The package of the app, and the folders that its program is made of.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use carafe::{Error, Result};
use serde_json::Value;

use crate::arguments::Options;

/// The package of the app.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Project {
    /// How cargo names the package without doubt.
    pub(crate) package: String,
    pub(crate) bin: String,
    /// The package's own folder, and those of the packages it is built on that are on this machine to be edited.
    pub(crate) folders: Vec<PathBuf>,
    /// Where cargo builds, which is nobody's source.
    pub(crate) target: PathBuf,
}

impl Project {
    /// Asks cargo about the package of the current folder, or the one that was named.
    pub(crate) fn find(options: &Options) -> Result<Self> {
        let mut command = Command::new(cargo());
        command.args(["metadata", "--format-version=1"]);
        if let Some(host) = host() {
            // Those of other platforms are never built here, and may not have been downloaded.
            command.args(["--filter-platform", &host]);
        }
        let output = command.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(Error::msg("cargo finds no package here"));
        }
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        Self::of(&metadata, options).map_err(Error::msg)
    }

    fn of(metadata: &Value, options: &Options) -> Result<Self, String> {
        let packages: HashMap<&str, &Value> = list(&metadata["packages"])
            .filter_map(|package| Some((package["id"].as_str()?, package)))
            .collect();
        let package = match &options.package {
            Some(name) => packages.values().find(|package| package["name"] == *name),
            None => packages.get(metadata["resolve"]["root"].as_str().unwrap_or_default()),
        };
        let package = package.ok_or_else(|| match &options.package {
            Some(name) => format!("there is no package {name:?}"),
            None => "this folder is not that of one package: name it with --package".to_owned(),
        })?;
        let id = package["id"].as_str().unwrap_or_default();
        let mut folders = Vec::new();
        for id in with_dependencies(metadata, id) {
            // What has a source came from elsewhere, and is nobody's to edit.
            let own = packages
                .get(id)
                .filter(|package| package["source"].is_null());
            let manifest = own.and_then(|package| package["manifest_path"].as_str());
            folders.extend(
                manifest
                    .and_then(|path| Path::new(path).parent())
                    .map(Path::to_owned),
            );
        }
        Ok(Self {
            package: id.to_owned(),
            bin: bin(package, options)?,
            folders,
            target: metadata["target_directory"]
                .as_str()
                .unwrap_or_default()
                .into(),
        })
    }
}

/// The cargo that runs this, or the one that is found.
pub(crate) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The platform that the compiler runs on, if it tells.
fn host() -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A package, and all that it depends on.
fn with_dependencies<'a>(metadata: &'a Value, package: &'a str) -> Vec<&'a str> {
    let nodes: HashMap<&str, &Value> = list(&metadata["resolve"]["nodes"])
        .filter_map(|node| Some((node["id"].as_str()?, node)))
        .collect();
    let mut found = vec![package];
    let mut known = BTreeSet::from([package]);
    let mut place = 0;
    while let Some(id) = found.get(place).copied() {
        place += 1;
        let Some(node) = nodes.get(id) else { continue };
        for dependency in list(&node["dependencies"]).filter_map(Value::as_str) {
            if known.insert(dependency) {
                found.push(dependency);
            }
        }
    }
    found
}

/// The program of a package: the one that was named, the only one, or the one that `cargo run` runs.
fn bin(package: &Value, options: &Options) -> Result<String, String> {
    let bins: Vec<&str> = list(&package["targets"])
        .filter(|target| target["kind"][0] == "bin")
        .filter_map(|target| target["name"].as_str())
        .collect();
    let name = package["name"].as_str().unwrap_or_default();
    let told = options.bin.as_deref().or(package["default_run"].as_str());
    match (told, bins.as_slice()) {
        (Some(told), bins) if bins.contains(&told) => Ok(told.to_owned()),
        (Some(told), _) => Err(format!("the package {name:?} has no program {told:?}")),
        (None, [only]) => Ok((*only).to_owned()),
        (None, []) => Err(format!("the package {name:?} has no program")),
        (None, bins) => Err(format!(
            "the package {name:?} has several programs: name one of {} with --bin",
            bins.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Options, Project, host};

    fn metadata(bins: &[&str]) -> Value {
        let targets: Vec<_> = bins
            .iter()
            .map(|name| json!({"kind": ["bin"], "name": name}))
            .collect();
        let package = |id: &str, folder: &str, source: Value| {
            let manifest_path = format!("/w/{folder}/Cargo.toml");
            json!({"id": id, "name": id, "source": source, "manifest_path": manifest_path, "targets": targets})
        };
        json!({
            "packages": [
                package("app", "app", Value::Null),
                package("lib", "lib", Value::Null),
                package("serde", "registry", json!("registry+https://github.com/rust-lang/crates.io-index")),
                package("other", "other", Value::Null),
            ],
            "resolve": {
                "root": "app",
                "nodes": [
                    {"id": "app", "dependencies": ["serde", "lib"]},
                    {"id": "lib", "dependencies": ["serde"]},
                    {"id": "serde", "dependencies": []},
                    {"id": "other", "dependencies": []},
                ],
            },
            "target_directory": "/w/target",
        })
    }

    #[test]
    fn the_compiler_tells_its_platform() {
        let host = host().expect("a platform");
        assert!(host.split('-').count() > 2, "{host}");
    }

    #[test]
    fn a_program_is_made_of_its_package_and_those_beside_it() {
        let project = Project::of(&metadata(&["app"]), &Options::default());
        let expected = Project {
            package: "app".to_owned(),
            bin: "app".to_owned(),
            folders: vec!["/w/app".into(), "/w/lib".into()],
            target: "/w/target".into(),
        };
        assert_eq!(project, Ok(expected));
    }

    #[test]
    fn of_several_programs_one_has_to_be_named() {
        let of =
            |options| Project::of(&metadata(&["one", "two"]), &options).map(|project| project.bin);
        assert!(of(Options::default()).is_err_and(|text| text.contains("one, two with --bin")));
        let named = |bin: &str| Options {
            bin: Some(bin.to_owned()),
            ..Options::default()
        };
        assert_eq!(of(named("two")).as_deref(), Ok("two"));
        assert!(of(named("three")).is_err_and(|text| text.contains("no program \"three\"")));
    }

    #[test]
    fn a_package_can_be_named() {
        let of = |name: &str| {
            let package = Some(name.to_owned());
            let options = Options {
                package,
                ..Options::default()
            };
            Project::of(&metadata(&["app"]), &options).map(|project| project.folders)
        };
        assert_eq!(of("other"), Ok(vec!["/w/other".into()]));
        assert!(of("none").is_err_and(|text| text.contains("no package \"none\"")));
    }
}
