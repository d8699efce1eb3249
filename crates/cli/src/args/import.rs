//! Arguments of imports from other systems.

use std::path::PathBuf;

use accolade_core::time::Timestamp;
use clap::Args;

use crate::django::player_ids::IdTemplate;

#[derive(Debug, Args)]
pub(crate) struct ImportDjangoArgs {
    /// Files that `manage.py dumpdata` wrote, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Write the catalog for the dump to this new file, and import nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) write_catalog: Option<PathBuf>,
    /// Field that refers to the interface of a player, or `interface` to name the players after
    /// their interfaces [default: found in the dump]
    #[arg(long, value_name = "MODEL.FIELD")]
    pub(crate) players: Option<String>,
    /// Pattern of player ids, with fields of the model in braces [default: user-{user} for a model
    /// with a field `user`, else user-{pk}]
    #[arg(long, value_name = "PATTERN", value_parser = IdTemplate::parse)]
    pub(crate) player_id: Option<IdTemplate>,
    /// Time zone of the catalog, and of times without an offset
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(crate) zone: String,
    /// Time of everything that has no time in Django, in RFC 3339 [default: the latest time in the
    /// dump]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
    /// Text before the paths of pictures, in the catalog
    #[arg(long, value_name = "URL", default_value = "/media/")]
    pub(crate) media_url: String,
}
