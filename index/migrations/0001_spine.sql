-- The durable record: who speaks, where, what was said, and the bytes it was read from.
--
-- Accepted by SQLite and PostgreSQL alike (PostgreSQL reads INTEGER PRIMARY KEY as BIGINT PRIMARY KEY, see
-- store.rs). Moments are milliseconds since 1970-01-01T00:00:00Z. Numbers are drawn from `counter`, never by the
-- database, so that both number alike.

CREATE TABLE counter (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
-- `change` orders everything that the full-text index must read: each write of an entry draws the next one.
INSERT INTO counter (name, value) VALUES ('vendor', 0), ('source', 0), ('entry', 0), ('revision', 0), ('round', 0), ('change', 0);

CREATE TABLE vendor (
    id       INTEGER PRIMARY KEY,
    slug     TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    domains  TEXT NOT NULL, -- JSON array
    contacts TEXT NOT NULL  -- JSON array
);

CREATE TABLE source (
    id             INTEGER PRIMARY KEY,
    slug           TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    vendor         TEXT,             -- slug; a source may be added before its vendor
    kind           TEXT NOT NULL,
    address        TEXT NOT NULL,
    standing       TEXT NOT NULL,
    every_minutes  BIGINT NOT NULL,
    private_network BOOLEAN NOT NULL,
    options        TEXT NOT NULL,    -- JSON, read by the crawler
    memory         TEXT NOT NULL,    -- JSON, what its reader left for the next round
    removed        BOOLEAN NOT NULL, -- its entries stay, and keep naming it
    last_tried     BIGINT,
    last_succeeded BIGINT,
    last_news      BIGINT,
    failures       BIGINT NOT NULL,
    sentence       TEXT,
    next_try       BIGINT,           -- absent: a person must act first
    leased_until   BIGINT NOT NULL,
    leased_by      TEXT NOT NULL
);
CREATE INDEX source_due ON source (next_try);

CREATE TABLE round (
    id        INTEGER PRIMARY KEY,
    source_id BIGINT NOT NULL REFERENCES source (id),
    started   BIGINT NOT NULL,
    ended     BIGINT NOT NULL,
    round_end TEXT NOT NULL -- JSON
);
CREATE INDEX round_of_source ON round (source_id, started);

-- The evidence: bytes as fetched, compressed with zstd, addressed by the SHA-256 of what they decompress to.
CREATE TABLE snapshot (
    digest     BYTEA  NOT NULL PRIMARY KEY,
    media_type TEXT   NOT NULL,
    length     BIGINT NOT NULL, -- of the bytes as fetched
    zstd       BYTEA  NOT NULL
);

CREATE TABLE entry (
    id           INTEGER PRIMARY KEY,
    identity     BYTEA  NOT NULL UNIQUE, -- 128 bits over the source and its own identifier
    source_id    BIGINT NOT NULL REFERENCES source (id),
    native_id    TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    link         TEXT,
    title        TEXT   NOT NULL,
    vendor       TEXT,            -- slug of the source's vendor, else of the publisher that the document names
    vendor_name  TEXT,
    published    BIGINT,
    updated      BIGINT,
    first_seen   BIGINT NOT NULL,
    last_revised BIGINT NOT NULL,
    revisions    BIGINT NOT NULL, -- how many; also the number of the newest
    revision_id  BIGINT NOT NULL, -- the newest
    digest       BYTEA  NOT NULL, -- of what the newest revision says
    group_id     BIGINT NOT NULL, -- entries that share an identifier have the same
    card         TEXT   NOT NULL, -- JSON: what lists show of the newest statement
    change       BIGINT NOT NULL
);
CREATE INDEX entry_change ON entry (change);
CREATE INDEX entry_group ON entry (group_id);
CREATE INDEX entry_source ON entry (source_id, last_revised);
CREATE INDEX entry_vendor ON entry (vendor, last_revised);
CREATE INDEX entry_last_revised ON entry (last_revised);

CREATE TABLE revision (
    id        INTEGER PRIMARY KEY,
    entry_id  BIGINT NOT NULL REFERENCES entry (id),
    number    BIGINT NOT NULL,
    seen      BIGINT NOT NULL,
    snapshot  BYTEA  NOT NULL REFERENCES snapshot (digest),
    changes   TEXT   NOT NULL, -- JSON array
    statement TEXT   NOT NULL, -- JSON, without the text
    mentions  TEXT   NOT NULL, -- JSON array of [kind, value, first byte, byte after]
    body      TEXT   NOT NULL, -- the text
    UNIQUE (entry_id, number)
);

-- Which group an advisory identifier belongs to.
CREATE TABLE alias (
    identifier TEXT   NOT NULL PRIMARY KEY,
    group_id   BIGINT NOT NULL
);
CREATE INDEX alias_group ON alias (group_id);
