//! `accolade init`

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use serde_json::json;

use crate::catalog::{DEFAULT_FILE, STARTER};
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Writes a catalog to start from, where none is.
pub(crate) fn run(output: Output) -> Result<Ending, Failure> {
    let path = Path::new(DEFAULT_FILE);
    let created = OpenOptions::new().write(true).create_new(true).open(path);
    created.and_then(|mut file| file.write_all(STARTER.as_bytes())).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let told = "is there already and was left as it is; `accolade check` tells whether it is right";
            Failure::new(format!("{DEFAULT_FILE} {told}"))
        }
        _ => Failure::file("write", path, &error),
    })?;
    output.show(&json!({ "written": DEFAULT_FILE }), || NEXT.to_owned())?;
    Ok(Ending::Fine)
}

const NEXT: &str = "wrote accolade.toml: the rules of a small community, ready to be changed

  accolade check                                         read the rules and run their tests
  accolade record ada post.published --prop words=250    record what somebody did
  accolade player ada                                    see what it earned";
