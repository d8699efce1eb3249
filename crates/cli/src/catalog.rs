//! Catalog files.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use accolade::Catalog;
use accolade_core::catalog::CatalogFormat;
use accolade_core::catalog::schema::render_schema;
use accolade_core::limits;

use crate::error::CommandError;

/// File name of the default catalog.
pub(crate) const DEFAULT_FILE: &str = "accolade.toml";
/// File name of the schema, to which the first line of the starter catalog refers.
pub(crate) const SCHEMA_FILE: &str = "accolade.schema.json";
/// Starter catalog that `accolade init` writes.
const STARTER: &str = include_str!("../catalogs/starter.toml");

/// Writes the starter catalog, and the schema that editors check it with. Overwrites nothing.
pub(crate) fn write_starter() -> Result<(), CommandError> {
    let path = Path::new(DEFAULT_FILE);
    create_file(path, STARTER).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CommandError::new(format!(
            "{DEFAULT_FILE} already exists and was not changed; to validate it, run \
             `accolade check`"
        )),
        _ => CommandError::file_error("write", path, &error),
    })?;
    let path = Path::new(SCHEMA_FILE);
    match create_file(path, &render_schema()) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(CommandError::file_error("write", path, &error))
        }
        // Editors can work with the schema that is there.
        _ => Ok(()),
    }
}

fn create_file(path: &Path, text: &str) -> io::Result<()> {
    // `create_new` cannot overwrite a file that appears in the meantime.
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

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
