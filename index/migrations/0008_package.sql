-- Files that arrived to be installed, each with the report on it. The bytes themselves are not kept.

CREATE TABLE package (
    digest          TEXT   NOT NULL PRIMARY KEY, -- SHA-256 of the file, lower-case digits
    name            TEXT   NOT NULL, -- what the file was called when it last arrived
    size            BIGINT NOT NULL,
    kind            TEXT   NOT NULL, -- what its bytes are, with its article
    claimed_name    TEXT, -- what the outermost package says of itself
    claimed_version TEXT,
    claimed_vendor  TEXT,
    attention       TEXT   NOT NULL, -- nothing, something, stop
    way             TEXT   NOT NULL, -- how it last arrived: page, api, inbox, command
    first_seen      BIGINT NOT NULL,
    last_seen       BIGINT NOT NULL,
    report          BYTEA  NOT NULL -- the last inspection, JSON, compressed with zstd
);

CREATE INDEX package_by_arrival ON package (last_seen);
