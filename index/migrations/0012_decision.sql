-- What people here decided on packages and what they observed afterwards. Each row is also an entry of the source "house",
-- which holds its words for every search; these rows join it to a package, a product and a version. None is ever changed.

CREATE TABLE decision (
    entry_id BIGINT NOT NULL PRIMARY KEY REFERENCES entry (id),
    digest   TEXT   NOT NULL, -- SHA-256 of the file, lower-case digits
    name     TEXT   NOT NULL, -- what the file was called
    claimed  TEXT, -- what the package in it calls itself; absent where it does not say
    product  TEXT, -- the same, read down to a name, by which rows are found
    version  TEXT,
    vendor   TEXT,
    outcome  TEXT   NOT NULL, -- accept, hold, refuse
    by_whom  TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    decided  BIGINT NOT NULL
);
CREATE INDEX decision_by_digest ON decision (digest);
CREATE INDEX decision_by_product ON decision (product);

CREATE TABLE observation (
    entry_id BIGINT NOT NULL PRIMARY KEY REFERENCES entry (id),
    called   TEXT   NOT NULL, -- the product as typed
    product  TEXT   NOT NULL, -- the same, read down to a name
    version  TEXT   NOT NULL,
    said     TEXT   NOT NULL,
    by_whom  TEXT   NOT NULL,
    observed BIGINT NOT NULL
);
CREATE INDEX observation_by_product ON observation (product);

-- What a later version will be compared with, beyond the report: JSON, compressed with zstd; absent where it was not kept.
ALTER TABLE package ADD COLUMN kept BYTEA;
