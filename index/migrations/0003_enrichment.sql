-- What lists state about advisory identifiers, apart from any entry: that they are exploited (`exploited`), and how
-- likely it is that they will be (`epss`). One row for an identifier and a source; a row is written again only when
-- what it states changed by something that matters (see enrichment.rs).

CREATE TABLE enrichment (
    identifier TEXT    NOT NULL, -- canonical spelling
    source_id  BIGINT  NOT NULL REFERENCES source (id),
    sort       TEXT    NOT NULL, -- `exploited` or `epss`
    chance     BIGINT,           -- hundred-thousandths, as many as EPSS publishes
    percentile BIGINT,           -- of all identifiers that are scored, the part below; hundred-thousandths
    dated      BIGINT,           -- since when it is listed; the day of the score
    ransomware BOOLEAN NOT NULL, -- the list says that blackmailers use it
    noted      BIGINT  NOT NULL, -- when this was seen here
    PRIMARY KEY (identifier, source_id)
);
CREATE INDEX enrichment_source ON enrichment (source_id, identifier);
