//! Catalog files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use accolade::Catalog;
use accolade_core::catalog::CatalogFormat;
use accolade_core::limits;

use crate::error::CommandError;

/// File name of the default catalog.
pub(crate) const DEFAULT_FILE: &str = "accolade.toml";
/// Starter catalog that `accolade init` writes.
pub(crate) const STARTER: &str = include_str!("../catalogs/starter.toml");

/// Loads and compiles a catalog file, together with the Rust badges linked into this process.
pub(crate) fn load_catalog(path: &Path) -> Result<Catalog, CommandError> {
    let source = read_catalog_text(path)?;
    let name = path.display().to_string();
    Catalog::new(
        &source,
        &name,
        CatalogFormat::from_file_name(&name),
        accolade::registry::collect_badges(),
    )
    .map_err(CommandError::Catalog)
}

/// Reads the text of a catalog file.
fn read_catalog_text(path: &Path) -> Result<String, CommandError> {
    let file = File::open(path)
        .map_err(|error| CommandError::file_error("read the catalog", path, &error))?;
    // The path can name an endless device. One byte beyond the limit proves that it is exceeded.
    let most = limits::CATALOG_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| CommandError::file_error("read the catalog", path, &error))?;
    if bytes.len() > limits::CATALOG_BYTES {
        let limit = limits::CATALOG_BYTES;
        return Err(CommandError::new(format!(
            "{} exceeds the limit of {limit} bytes for a catalog",
            path.display()
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        CommandError::new(format!(
            "{} is not valid UTF-8 at line {line}",
            path.display()
        ))
    })
}
