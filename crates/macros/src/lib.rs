//! What `carafe::embed!` needs of the compiler: the files below a folder. Not for use on its own.
//!
//! No dependency: the input is a list of names, and the output a list of literals.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use proc_macro::{Literal, TokenStream, TokenTree};

/// Gives the files of folders of the package, as `Option<&[(name, content, nanoseconds)]>`.
///
/// A name counts from the folder of `Cargo.toml` and has slashes; the time is that of the last change, since
/// 1970. A build with debug assertions gets none, so that a changed file asks for no rebuild.
#[proc_macro]
pub fn files_of(folders: TokenStream) -> TokenStream {
    expand(folders).unwrap_or_else(|problem| {
        let problem = Literal::string(&problem);
        format!("::core::compile_error!({problem})")
            .parse()
            .expect("a macro call with a literal is Rust")
    })
}

fn expand(folders: TokenStream) -> Result<TokenStream, String> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("the package's folder is not known")?;
    let root = PathBuf::from(root);
    let mut files = Vec::new();
    for folder in names(folders)? {
        let path = root.join(&folder);
        collect(&path, &folder, &mut files)
            .map_err(|error| format!("cannot embed {}: {error}", path.display()))?;
    }
    files.sort();
    let entries: String = files.iter().map(entry).collect::<Result<_, _>>()?;
    // Only what is compiled is read: in a debug build the files are no part of the program.
    let code = format!(
        "{{ #[cfg(debug_assertions)] let files = ::core::option::Option::None; \
         #[cfg(not(debug_assertions))] let files = ::core::option::Option::Some(&[{entries}] as &'static [_]); \
         files }}"
    );
    code.parse()
        .map_err(|_| "the list of files is not Rust".to_owned())
}

/// The names in the list: string literals with commas between them.
fn names(list: TokenStream) -> Result<Vec<String>, String> {
    let names = list
        .into_iter()
        .filter(|token| !matches!(token, TokenTree::Punct(comma) if comma.as_char() == ','));
    // A `literal` fragment comes in a group without delimiters.
    names.map(|token| folder(&token.to_string())).collect()
}

/// The name of a folder below the package, from a literal. Files are looked up by it, so it has one spelling.
fn folder(literal: &str) -> Result<String, String> {
    let name = literal
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let name = name.map(|name| name.trim_end_matches('/'));
    let is_plain = |part: &str| {
        let mut components = Path::new(part).components();
        matches!((components.next(), components.next()), (Some(Component::Normal(only)), None) if only == part)
    };
    match name.filter(|name| !name.contains('\\') && name.split('/').all(is_plain)) {
        Some(name) => Ok(name.to_owned()),
        None => Err(format!(
            "{literal} does not name a folder of the package as it must be: counted from the folder of `Cargo.toml`, \
             without `.`, `..` or a slash in front, like \"templates\" or \"src/blog/static\""
        )),
    }
}

/// A file to embed: its name and where it is.
type Found = (String, PathBuf);

fn collect(path: &Path, name: &str, files: &mut Vec<Found>) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        let Some(last) = path.file_name().and_then(|last| last.to_str()) else {
            let problem = format!("the name of {} is not UTF-8", path.display());
            return Err(io::Error::other(problem));
        };
        let name = format!("{name}/{last}");
        if path.is_dir() {
            collect(&path, &name, files)?;
        } else {
            files.push((name, path));
        }
    }
    Ok(())
}

/// The entry of a file; `include_bytes!` makes cargo watch it.
fn entry((name, path): &Found) -> Result<String, String> {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    let modified = modified.map_err(|error| format!("cannot embed {}: {error}", path.display()))?;
    let nanoseconds = modified
        .duration_since(UNIX_EPOCH)
        .map_or(0, |age| age.as_nanos());
    let name = Literal::string(name);
    let path = Literal::string(path.to_str().ok_or("a path is not UTF-8")?);
    Ok(format!(
        "({name}, ::core::include_bytes!({path}) as &'static [u8], {nanoseconds}_u128),"
    ))
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn folders_are_named_in_one_way_and_lie_in_the_package() {
        assert_eq!(folder("\"templates\""), Ok("templates".to_owned()));
        assert_eq!(folder("\"a b/static/\""), Ok("a b/static".to_owned()));
        for refused in [
            "",
            ".",
            "..",
            "/",
            "./templates",
            "/templates",
            "../other",
            "a/../b",
            "a/./b",
            "a//b",
            "a\\\\b",
        ] {
            assert!(folder(&format!("\"{refused}\"")).is_err(), "{refused}");
        }
        for refused in ["templates", "1", "r\"templates\"", "b\"templates\""] {
            assert!(folder(refused).is_err(), "{refused}");
        }
    }
}
