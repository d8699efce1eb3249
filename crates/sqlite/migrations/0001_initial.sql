-- Times are microseconds since the Unix epoch, in UTC. docs/schema.md describes every table and column.

CREATE TABLE catalogs (
    version       INTEGER PRIMARY KEY,
    source        TEXT NOT NULL,
    format        TEXT NOT NULL,
    fingerprint   TEXT NOT NULL,
    code          TEXT NOT NULL,
    published_at  INTEGER NOT NULL,
    published_by  TEXT,
    note          TEXT,
    changes       TEXT NOT NULL,
    revoke        INTEGER NOT NULL CHECK (revoke IN (0, 1)),
    retired       TEXT NOT NULL
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
    player          TEXT NOT NULL PRIMARY KEY,
    name            TEXT,
    folded_name     TEXT,
    attributes      TEXT,
    event_count     INTEGER NOT NULL CHECK (event_count >= 0),
    first_at        INTEGER,
    last_at         INTEGER,
    own_event_count INTEGER NOT NULL CHECK (own_event_count >= 0),
    last_seen_at    INTEGER,
    next_timer_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX players_by_next_timer ON players (next_timer_at, player) WHERE next_timer_at IS NOT NULL;
CREATE INDEX players_by_name ON players (folded_name, player) WHERE folded_name IS NOT NULL;

-- Clustered in timeline order, because a refold reads neighboring events.
CREATE TABLE events (
    player        TEXT NOT NULL,
    at            INTEGER NOT NULL,
    ord           INTEGER NOT NULL,
    id            TEXT NOT NULL,
    name          TEXT NOT NULL,
    props         TEXT NOT NULL,
    explicit_at   INTEGER NOT NULL CHECK (explicit_at IN (0, 1)),
    first_outcome INTEGER NOT NULL,
    outcome_count INTEGER NOT NULL CHECK (outcome_count >= 0),
    recorded_at   INTEGER NOT NULL,
    retracted_by  TEXT,
    PRIMARY KEY (player, at, ord, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX events_by_id ON events (player, id);

-- Numbers of events by name, so that no page counts the events. Without manual actions.
CREATE TABLE event_names (
    name              TEXT NOT NULL PRIMARY KEY,
    events            INTEGER NOT NULL CHECK (events > 0),
    first_recorded_at INTEGER NOT NULL,
    last_recorded_at  INTEGER NOT NULL,
    last_player       TEXT,
    last_event        TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX event_names_by_events ON event_names (events DESC, name);

-- The header (slot -1) sorts next to its cells, so that a player's state is usually one page.
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
    player            TEXT NOT NULL,
    badge             TEXT NOT NULL REFERENCES badges (id),
    tier              TEXT NOT NULL,
    key               TEXT NOT NULL,
    at                INTEGER NOT NULL,
    event             TEXT NOT NULL,
    source            TEXT NOT NULL,
    revoked_at        INTEGER,
    paid              TEXT NOT NULL,
    holding_intervals TEXT NOT NULL,
    PRIMARY KEY (player, badge, tier, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX awards_by_badge ON awards (badge, at, player, tier, key) WHERE revoked_at IS NULL;

CREATE TABLE ledger (
    player      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    seq         INTEGER NOT NULL CHECK (seq > 0),
    currency    TEXT NOT NULL REFERENCES currencies (id),
    amount      INTEGER NOT NULL CHECK (amount <> 0),
    kind        TEXT NOT NULL CHECK (kind IN ('earning', 'award', 'action', 'expiry')),
    rule        TEXT NOT NULL,
    tier        TEXT NOT NULL,
    key         TEXT NOT NULL,
    event       TEXT NOT NULL,
    trigger     TEXT NOT NULL,
    caused_by   TEXT,
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

-- AUTOINCREMENT: a number that a consumer has seen is never given to another outcome.
CREATE TABLE feed (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    player      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    detail      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    event       TEXT NOT NULL,
    trigger     TEXT NOT NULL,
    caused_by   TEXT,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_by_player ON feed (player);

-- The greatest number that was pruned from the feed.
CREATE TABLE feed_start (
    seq INTEGER PRIMARY KEY
) STRICT;

-- Sums of the outcomes that were pruned, so that `verify` can still reconcile the feed.
CREATE TABLE feed_totals (
    player  TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('points', 'badge', 'unlockable')),
    subject TEXT NOT NULL,
    total   INTEGER NOT NULL,
    PRIMARY KEY (player, kind, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE rule_errors (
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    count   INTEGER NOT NULL CHECK (count > 0),
    message TEXT NOT NULL,
    player  TEXT NOT NULL,
    event   TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE aliases (
    guest     TEXT NOT NULL PRIMARY KEY,
    player    TEXT NOT NULL,
    action_id TEXT NOT NULL,
    merged_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_player ON aliases (player, merged_at);

-- Keyed hashes of erased ids: an erased player stays erased, and the id itself is not stored.
CREATE TABLE erased (
    token     BLOB NOT NULL PRIMARY KEY,
    erased_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE erased_totals (
    kind   TEXT NOT NULL CHECK (kind IN ('players', 'events', 'award', 'points')),
    id     TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id           TEXT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    key_hash     BLOB NOT NULL,
    scopes       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   TEXT NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX api_keys_by_name ON api_keys (name) WHERE revoked_at IS NULL;

CREATE TABLE administrators (
    name       TEXT NOT NULL PRIMARY KEY,
    password   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    hash          BLOB NOT NULL PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('sign-in', 'invitation')),
    administrator TEXT,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a number that an administrator has seen is never given to another entry.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    player  TEXT,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_player ON audit (player) WHERE player IS NOT NULL;
