//! Examples of all commands, which `--help` shows. A test parses every one of them.

/// Example of a command.
pub(super) struct Example {
    /// Purpose, in the imperative.
    pub(super) purpose: &'static str,
    /// Command line to type.
    pub(super) line: &'static str,
}

/// Examples by the path of their command.
pub(super) const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "init",
        &[example(
            "write accolade.toml, and a schema for editors",
            "accolade init",
        )],
    ),
    (
        "check",
        &[
            example("check accolade.toml and run its tests", "accolade check"),
            example(
                "check another file, for a script",
                "accolade check stricter.toml --json",
            ),
        ],
    ),
    (
        "plan",
        &[
            example(
                "see which players would gain or lose what",
                "accolade plan stricter.toml",
            ),
            example(
                "write every change to a file",
                "accolade plan stricter.toml --out changes.csv",
            ),
        ],
    ),
    (
        "publish",
        &[
            example(
                "show the effects, ask, and publish",
                "accolade publish accolade.toml",
            ),
            example(
                "revoke awards that are no longer earned",
                "accolade publish stricter.toml --revoke --by ada",
            ),
            example(
                "undo: publish an earlier version again",
                "accolade publish --version 3",
            ),
        ],
    ),
    (
        "history",
        &[example(
            "list all versions, the latest first",
            "accolade history",
        )],
    ),
    (
        "schema",
        &[example(
            "write the schema to which a catalog refers with #:schema",
            "accolade schema > accolade.schema.json",
        )],
    ),
    (
        "import",
        &[
            example(
                "import a file; the same file again has no effect",
                "accolade import history.ndjson",
            ),
            example(
                "import from another program",
                "accolade import - --rejects refused.ndjson < history.ndjson",
            ),
            example(
                "restore an export, with its manual actions",
                "accolade import export.ndjson --allow-actions",
            ),
        ],
    ),
    (
        "import-django",
        &[
            example(
                "write the catalog for the tables, then import them",
                "accolade import-django dump.json --write-catalog accolade.toml",
            ),
            example(
                "name the field that refers to a player",
                "accolade import-django dump.json --players shop.Profile.game",
            ),
        ],
    ),
    (
        "record",
        &[
            example(
                "record an event with a property",
                "accolade record ada post.published --prop words=250",
            ),
            example(
                "record one that happened earlier, once",
                "accolade record ada post.published --id post-17 --at 2026-01-31T09:00:00Z",
            ),
        ],
    ),
    (
        "award",
        &[
            example(
                "award a badge",
                "accolade award ada first-post --reason 'moved from the old forum'",
            ),
            example(
                "award a tier, which includes the lower ones",
                "accolade award ada author --tier silver",
            ),
            example(
                "award a badge that is earned once per key",
                "accolade award ada well-liked --key answer-7",
            ),
        ],
    ),
    (
        "revoke",
        &[example(
            "revoke a badge and the points it paid",
            "accolade revoke ada first-post --reason 'spam'",
        )],
    ),
    (
        "points",
        &[
            example(
                "grant points",
                "accolade points ada coins 50 --reason 'winner of the week'",
            ),
            example("deduct points", "accolade points ada coins -20"),
        ],
    ),
    (
        "progress",
        &[
            example(
                "add to the progress toward a badge",
                "accolade progress ada helper --add 1",
            ),
            example("set the progress", "accolade progress ada helper --set 3"),
        ],
    ),
    (
        "reset",
        &[example(
            "begin again, with the history still readable",
            "accolade reset ada --reason 'new season'",
        )],
    ),
    (
        "retract",
        &[
            example(
                "retract one event and its effects",
                "accolade retract ada post-17",
            ),
            example("restore it", "accolade retract ada post-17 --undo"),
            example(
                "preview and retract many",
                "accolade retract --name vote.received --where \"event.from == 'mallory'\"",
            ),
        ],
    ),
    (
        "merge",
        &[example(
            "merge a guest's history into a player's",
            "accolade merge guest-8 ada",
        )],
    ),
    (
        "unmerge",
        &[example("undo the merge", "accolade unmerge guest-8 ada")],
    ),
    (
        "erase",
        &[example(
            "show what is stored, ask, and erase it",
            "accolade erase bob",
        )],
    ),
    (
        "player",
        &[
            example("show everything about a player", "accolade player ada"),
            example(
                "show what other players see",
                "accolade player ada --as others",
            ),
        ],
    ),
    (
        "badges",
        &[
            example("list all badges with their rarity", "accolade badges"),
            example(
                "list the holders of one",
                "accolade badges first-post --limit 20",
            ),
        ],
    ),
    (
        "why",
        &[
            example(
                "list the events behind a badge, or what is missing",
                "accolade why ada first-post",
            ),
            example("explain a tier", "accolade why ada author:silver"),
            example("explain a balance", "accolade why ada currency:xp"),
            example(
                "explain an unlockable",
                "accolade why ada unlockable:custom-title",
            ),
        ],
    ),
    (
        "feed",
        &[
            example(
                "follow the feed as JSON lines",
                "accolade feed --follow --json",
            ),
            example(
                "continue after a sequence number",
                "accolade feed --after 1200",
            ),
        ],
    ),
    (
        "feed prune",
        &[example(
            "delete outcomes that are older than 90 days",
            "accolade feed prune --older-than 90d",
        )],
    ),
    (
        "export",
        &[
            example(
                "export the awards that players hold",
                "accolade export awards --out awards.csv",
            ),
            example(
                "export all events, so that they can be imported",
                "accolade export events > events.ndjson",
            ),
            example(
                "export everything stored about one person",
                "accolade export personal-data ada --out ada.json",
            ),
        ],
    ),
    (
        "backup",
        &[example(
            "back up while the database is in use",
            "accolade backup monday.db",
        )],
    ),
    (
        "restore",
        &[example(
            "restore a backup in place of the database",
            "accolade restore monday.db --replace",
        )],
    ),
    (
        "verify",
        &[example(
            "compare everything; status 2 if something differs",
            "accolade verify",
        )],
    ),
    (
        "repair",
        &[example(
            "show the differences, ask, and repair them",
            "accolade repair",
        )],
    ),
    (
        "serve",
        &[
            example(
                "serve on the default address; offers a catalog if there is none",
                "accolade serve",
            ),
            example(
                "serve behind a reverse proxy",
                "accolade serve --public-url https://play.example.com",
            ),
            example(
                "serve in a new folder without a question",
                "accolade serve --yes",
            ),
        ],
    ),
    (
        "keys create",
        &[example(
            "create a key for an application",
            "accolade keys create shop --scope record,read",
        )],
    ),
    (
        "keys list",
        &[example(
            "list all keys, without their secrets",
            "accolade keys list",
        )],
    ),
    (
        "keys revoke",
        &[example("revoke a key", "accolade keys revoke shop")],
    ),
    (
        "keys rotate-tokens",
        &[example(
            "end all player tokens, after a question",
            "accolade keys rotate-tokens",
        )],
    ),
    (
        "invite",
        &[
            example("invite an administrator", "accolade invite"),
            example(
                "make a link for another address",
                "accolade invite --public-url https://play.example.com",
            ),
        ],
    ),
    (
        "config",
        &[example(
            "write a configuration file to edit",
            "accolade config --print > accolade-server.toml",
        )],
    ),
    (
        "demo",
        &[
            example(
                "replay the history and serve the community",
                "accolade demo",
            ),
            example("print the report only", "accolade demo --no-serve"),
        ],
    ),
    (
        "doctor",
        &[example(
            "report the configuration and any problems",
            "accolade doctor",
        )],
    ),
    (
        "docs",
        &[
            example("list the pages", "accolade docs"),
            example("read the reference of catalogs", "accolade docs catalog"),
        ],
    ),
    (
        "completions",
        &[example(
            "install completions for bash",
            "accolade completions bash > accolade.bash",
        )],
    ),
    (
        "man",
        &[example(
            "write all manual pages to a folder",
            "accolade man man1",
        )],
    ),
];

const fn example(purpose: &'static str, line: &'static str) -> Example {
    Example { purpose, line }
}
