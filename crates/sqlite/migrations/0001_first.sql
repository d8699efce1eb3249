-- Times are microseconds of the Unix epoch in UTC. docs/schema.md says what every table and column means.

CREATE TABLE catalogs (
    version      INTEGER PRIMARY KEY,
    source       TEXT NOT NULL,
    format       TEXT NOT NULL,
    fingerprint  TEXT NOT NULL,
    code         TEXT NOT NULL,
    installed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE categories (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    category    TEXT REFERENCES categories (id) DEFERRABLE INITIALLY DEFERRED,
    detail      TEXT NOT NULL,
    retired_at  INTEGER
) STRICT;

CREATE TABLE currencies (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    category    TEXT REFERENCES categories (id) DEFERRABLE INITIALLY DEFERRED,
    detail      TEXT NOT NULL,
    retired_at  INTEGER
) STRICT;

CREATE TABLE earnings (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    category    TEXT REFERENCES categories (id) DEFERRABLE INITIALLY DEFERRED,
    detail      TEXT NOT NULL,
    retired_at  INTEGER
) STRICT;

CREATE TABLE badges (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    category    TEXT REFERENCES categories (id) DEFERRABLE INITIALLY DEFERRED,
    detail      TEXT NOT NULL,
    retired_at  INTEGER
) STRICT;

CREATE TABLE unlockables (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    category    TEXT REFERENCES categories (id) DEFERRABLE INITIALLY DEFERRED,
    detail      TEXT NOT NULL,
    retired_at  INTEGER
) STRICT;

CREATE VIEW definitions (kind, id, name, description, category, detail, retired_at) AS
    SELECT 'category', * FROM categories
    UNION ALL SELECT 'currency', * FROM currencies
    UNION ALL SELECT 'earning', * FROM earnings
    UNION ALL SELECT 'badge', * FROM badges
    UNION ALL SELECT 'unlockable', * FROM unlockables;

CREATE TABLE players (
    player   TEXT NOT NULL PRIMARY KEY,
    events   INTEGER NOT NULL CHECK (events >= 0),
    first_at INTEGER,
    last_at  INTEGER
) STRICT, WITHOUT ROWID;

-- Clustered in timeline order: a refold reads neighbours.
CREATE TABLE events (
    player        TEXT NOT NULL,
    at            INTEGER NOT NULL,
    ord           INTEGER NOT NULL,
    id            TEXT NOT NULL,
    name          TEXT NOT NULL,
    props         TEXT NOT NULL,
    at_given      INTEGER NOT NULL CHECK (at_given IN (0, 1)),
    first_outcome INTEGER NOT NULL,
    outcomes      INTEGER NOT NULL CHECK (outcomes >= 0),
    recorded_at   INTEGER NOT NULL,
    PRIMARY KEY (player, at, ord, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX events_by_id ON events (player, id);

-- The header (slot -1) lies beside its cells, so that a player's state is mostly one page.
CREATE TABLE states (
    player TEXT NOT NULL,
    slot   INTEGER NOT NULL,
    key    TEXT NOT NULL,
    value  BLOB NOT NULL,
    PRIMARY KEY (player, slot, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
    player TEXT NOT NULL,
    at     INTEGER NOT NULL,
    state  BLOB NOT NULL,
    PRIMARY KEY (player, at)
) STRICT;

CREATE TABLE awards (
    player     TEXT NOT NULL,
    badge      TEXT NOT NULL REFERENCES badges (id),
    tier       TEXT NOT NULL,
    key        TEXT NOT NULL,
    at         INTEGER NOT NULL,
    event      TEXT NOT NULL,
    source     TEXT NOT NULL,
    revoked_at INTEGER,
    paid       TEXT NOT NULL,
    PRIMARY KEY (player, badge, tier, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX awards_by_badge ON awards (badge, at, player, tier, key) WHERE revoked_at IS NULL;

CREATE TABLE ledger (
    player      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    seq         INTEGER NOT NULL CHECK (seq > 0),
    currency    TEXT NOT NULL REFERENCES currencies (id),
    amount      INTEGER NOT NULL CHECK (amount <> 0),
    kind        TEXT NOT NULL CHECK (kind IN ('earning', 'award', 'act')),
    rule        TEXT NOT NULL,
    tier        TEXT NOT NULL,
    key         TEXT NOT NULL,
    event       TEXT NOT NULL,
    because     TEXT NOT NULL,
    reason      TEXT,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (player, at, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE balances (
    player   TEXT NOT NULL,
    currency TEXT NOT NULL REFERENCES currencies (id),
    balance  INTEGER NOT NULL,
    PRIMARY KEY (player, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE unlocks (
    player     TEXT NOT NULL,
    unlockable TEXT NOT NULL REFERENCES unlockables (id),
    open       INTEGER NOT NULL CHECK (open IN (0, 1)),
    at         INTEGER NOT NULL,
    event      TEXT NOT NULL,
    PRIMARY KEY (player, unlockable)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a number that somebody has seen is never given to another outcome.
CREATE TABLE feed (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    player      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    detail      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    event       TEXT NOT NULL,
    because     TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_by_player ON feed (player);

CREATE TABLE rule_errors (
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    count   INTEGER NOT NULL CHECK (count > 0),
    message TEXT NOT NULL,
    player  TEXT NOT NULL,
    event   TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
