ALTER TABLE events ADD COLUMN retracted_by TEXT;
ALTER TABLE awards ADD COLUMN spells TEXT NOT NULL DEFAULT '[]';
ALTER TABLE feed ADD COLUMN cause TEXT;

ALTER TABLE players ADD COLUMN due INTEGER;
CREATE INDEX players_by_due ON players (due, player) WHERE due IS NOT NULL;

ALTER TABLE catalogs ADD COLUMN by_whom TEXT;
ALTER TABLE catalogs ADD COLUMN changes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE catalogs ADD COLUMN take_back INTEGER NOT NULL DEFAULT 0 CHECK (take_back IN (0, 1));
ALTER TABLE catalogs ADD COLUMN retired TEXT NOT NULL DEFAULT '[]';

-- Made anew, because a kind of entry is new.
CREATE TABLE ledger_anew (
    player      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    seq         INTEGER NOT NULL CHECK (seq > 0),
    currency    TEXT NOT NULL REFERENCES currencies (id),
    amount      INTEGER NOT NULL CHECK (amount <> 0),
    kind        TEXT NOT NULL CHECK (kind IN ('earning', 'award', 'act', 'expiry')),
    rule        TEXT NOT NULL,
    tier        TEXT NOT NULL,
    key         TEXT NOT NULL,
    event       TEXT NOT NULL,
    because     TEXT NOT NULL,
    cause       TEXT,
    reason      TEXT,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (player, at, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO ledger_anew (player, at, seq, currency, amount, kind, rule, tier, key, event, because, reason, recorded_at)
    SELECT player, at, seq, currency, amount, kind, rule, tier, key, event, because, reason, recorded_at FROM ledger;
DROP TABLE ledger;
ALTER TABLE ledger_anew RENAME TO ledger;

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE aliases (
    guest       TEXT NOT NULL PRIMARY KEY,
    player      TEXT NOT NULL,
    act         TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_player ON aliases (player, recorded_at);

CREATE TABLE erased (
    mark BLOB NOT NULL PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE erased_totals (
    kind   TEXT NOT NULL CHECK (kind IN ('players', 'events', 'award', 'points')),
    id     TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_start (
    seq INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE feed_nets (
    player  TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('points', 'badge', 'unlockable')),
    subject TEXT NOT NULL,
    net     INTEGER NOT NULL,
    PRIMARY KEY (player, kind, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE seals (
    player   TEXT NOT NULL PRIMARY KEY,
    before   INTEGER NOT NULL,
    events   INTEGER NOT NULL CHECK (events >= 0),
    snapshot BLOB NOT NULL
) STRICT;

CREATE TABLE sealed_events (
    player TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (player, id)
) STRICT, WITHOUT ROWID;

-- States of the old format cannot be read any more. An empty header is one that is to be folded again.
UPDATE states SET value = x'' WHERE slot = -1;
DELETE FROM states WHERE slot >= 0;
DELETE FROM checkpoints;
