//! Catalog files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use accolade::Catalog;
use accolade::core::catalog::Format;
use accolade::core::limits;

use crate::failure::Failure;

/// The catalog that is looked for where none is named.
pub(crate) const DEFAULT_FILE: &str = "accolade.toml";
/// What `accolade init` writes.
pub(crate) const STARTER: &str = include_str!("../../../catalogs/starter.toml");

/// Reads and compiles the catalog in a file, together with the badges in code of this process.
pub(crate) fn read(path: &Path) -> Result<Catalog, Failure> {
    let source = read_text(path)?;
    let name = path.display().to_string();
    Catalog::new(
        &source,
        &name,
        Format::of(&name),
        accolade::registry::collected(),
    )
    .map_err(Failure::Catalog)
}

/// The text of a file that may be anything; no more of it is read than a catalog may have.
fn read_text(path: &Path) -> Result<String, Failure> {
    let file = File::open(path).map_err(|error| Failure::file("read the catalog", path, &error))?;
    let most = limits::CATALOG_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::file("read the catalog", path, &error))?;
    if bytes.len() > limits::CATALOG_BYTES {
        let limit = limits::CATALOG_BYTES;
        return Err(Failure::new(format!(
            "{} is longer than a catalog may be: {limit} bytes",
            path.display()
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        Failure::new(format!(
            "{} is no text in UTF-8: see line {line}",
            path.display()
        ))
    })
}
