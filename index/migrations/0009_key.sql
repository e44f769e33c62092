-- The ledger of keys: which keys were seen where, what changed about them, and what people decided about them.

INSERT INTO counter (name, value) VALUES ('sighting', 0), ('key_change', 0), ('pin', 0), ('contact_try', 0);

-- A key as it is known from all its copies together.
CREATE TABLE key (
    fingerprint TEXT   NOT NULL PRIMARY KEY, -- digits in upper case; v6:, spki: or ssh: in front where they alone would mislead
    digits      TEXT   NOT NULL, -- the digits alone
    kind        TEXT   NOT NULL, -- open-pgp, x509, ssh, minisign, public-key
    facts       TEXT   NOT NULL, -- JSON: what it says of itself
    bytes       BYTEA  NOT NULL, -- what later copies are merged with
    first_seen  BIGINT NOT NULL,
    last_seen   BIGINT NOT NULL
);
CREATE INDEX key_by_digits ON key (digits);

-- Other names of keys: key ids, sub-keys, digests of public keys, names in lists. Never identities.
CREATE TABLE key_alias (
    alias       TEXT NOT NULL,
    fingerprint TEXT NOT NULL REFERENCES key (fingerprint),
    what        TEXT NOT NULL,
    PRIMARY KEY (alias, fingerprint)
);
CREATE INDEX key_alias_of_key ON key_alias (fingerprint);

-- This key, at this place, from then until then.
CREATE TABLE sighting (
    id            INTEGER PRIMARY KEY,
    fingerprint   TEXT    NOT NULL REFERENCES key (fingerprint),
    way           TEXT    NOT NULL, -- source, provider, package, keyring, upload
    place         TEXT    NOT NULL, -- an address, a path, a package's digest and the path within
    source        TEXT,             -- the source that was read, by its short name
    vendor        TEXT,             -- whose place it is
    first_seen    BIGINT  NOT NULL,
    last_seen     BIGINT  NOT NULL,
    missing_since BIGINT,           -- absent while it is there
    gone          BOOLEAN NOT NULL, -- whether it is missing for so long that it counts
    UNIQUE (fingerprint, place)
);
CREATE INDEX sighting_at_place ON sighting (place);
CREATE INDEX sighting_of_vendor ON sighting (vendor);

-- What changed. The same change seen again only counts.
CREATE TABLE key_change (
    id          INTEGER PRIMARY KEY,
    fingerprint TEXT    NOT NULL REFERENCES key (fingerprint),
    what        TEXT    NOT NULL, -- appeared, gone, renewed, re-signed, sub-key-added, …
    detail      TEXT    NOT NULL, -- how it differs, in words
    vendor      TEXT    NOT NULL, -- whose key by the place that it was seen at; empty where nobody's
    place       TEXT    NOT NULL, -- where it was noticed first
    related     TEXT    NOT NULL, -- JSON array: the other keys that it concerns
    first_at    BIGINT  NOT NULL,
    last_at     BIGINT  NOT NULL,
    times       BIGINT  NOT NULL,
    told        BOOLEAN NOT NULL, -- whether an entry says it
    UNIQUE (fingerprint, what, detail, vendor)
);
CREATE INDEX key_change_newest ON key_change (last_at);
CREATE INDEX key_change_untold ON key_change (told);

-- Pins: what a person decided a key counts for. A row is never deleted: undoing it is written beside it.
CREATE TABLE pin (
    id          INTEGER PRIMARY KEY,
    fingerprint TEXT    NOT NULL,
    bound       TEXT    NOT NULL, -- JSON: vendor, product, purpose, versions, dates
    vendor      TEXT    NOT NULL,
    made        BIGINT  NOT NULL,
    made_by     TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    channel     TEXT    NOT NULL, -- over which it was confirmed
    two         BOOLEAN NOT NULL, -- whether it counts only with a second person
    second_by   TEXT,
    second_at   BIGINT,
    undone      BIGINT,
    undone_by   TEXT,
    undone_why  TEXT
);
CREATE INDEX pin_of_key ON pin (fingerprint);
CREATE INDEX pin_of_vendor ON pin (vendor);

-- Verdicts on the signatures of packages: as they were on arrival, and as they are now.
CREATE TABLE verdict (
    package    TEXT   NOT NULL REFERENCES package (digest),
    signature  BIGINT NOT NULL, -- its place in the report
    signer     TEXT   NOT NULL, -- the key's fingerprint or, where the signature names no more, its key id; empty for none
    vendor     TEXT   NOT NULL,
    first      TEXT   NOT NULL, -- JSON
    first_at   BIGINT NOT NULL,
    latest     TEXT   NOT NULL, -- JSON
    latest_at  BIGINT NOT NULL, -- when it last differed
    PRIMARY KEY (package, signature)
);
CREATE INDEX verdict_by_signer ON verdict (signer);

-- When a contact of a vendor was tried, and what came of it.
CREATE TABLE contact_try (
    id      INTEGER PRIMARY KEY,
    vendor  TEXT   NOT NULL,
    address TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    who     TEXT   NOT NULL,
    outcome TEXT   NOT NULL
);
CREATE INDEX contact_try_of_vendor ON contact_try (vendor, at);
