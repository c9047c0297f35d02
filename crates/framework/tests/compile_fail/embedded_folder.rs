//! A folder to embed that is named in another way than files are looked up.

fn main() {
    let _ = carafe::embed!("./templates");
}
