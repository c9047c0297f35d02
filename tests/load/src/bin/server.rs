//! Takes uploads, saves each by a move, answers with its hash, and removes it; gives one large file.
//!
//! `LOAD_FOLDER` names the folder for both.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use carafe::files::secure_filename;
use carafe::prelude::*;
use carafe::{blocking, send_from_directory};
use load::{DOWNLOAD, Digest, Sha256, hex};

fn folder() -> Result<PathBuf> {
    Ok(current_app().config().get_as("FOLDER")?)
}

async fn upload() -> Result<String> {
    let request = request();
    let file = request.files().await?.require("file")?.clone();
    let saved = folder()?.join(secure_filename(file.filename()));
    let save = move || {
        file.move_to(&saved)?;
        let hash = hash_of(&saved);
        fs::remove_file(&saved)?;
        hash
    };
    Ok(blocking(save).await??)
}

fn hash_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(hash)),
            count => hash.update(piece.get(..count).unwrap_or_default()),
        }
    }
}

async fn download() -> Result {
    send_from_directory(folder()?, DOWNLOAD).await
}

fn main() -> carafe::Result<()> {
    let mut app = carafe::app!();
    app.config.from_prefixed_env("LOAD")?;
    app.post("/upload", upload);
    app.get("/download", download);
    app.run()
}
