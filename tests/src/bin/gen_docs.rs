//! Writes every document that is made from a table of rekor-core to its place in the repository.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for document in rekor_tests::docs::all() {
        let path = root.join(document.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, document.text)?;
    }
    Ok(())
}
