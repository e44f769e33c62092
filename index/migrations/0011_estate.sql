-- What is so here, one environment a row.

CREATE TABLE estate (
    environment TEXT   NOT NULL PRIMARY KEY,
    updated     BIGINT NOT NULL, -- when something was last imported
    facts       BYTEA  NOT NULL -- every section with its origin, JSON, compressed with zstd
);
