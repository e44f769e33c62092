-- What products are called: the evidence that entries give, and what was learnt from it.

-- The names that an entry which speaks of one product has for it, and the versions that it names as bounds.
CREATE TABLE product_said (
    entry_id BIGINT NOT NULL REFERENCES entry (id),
    name     TEXT   NOT NULL, -- words in small letters, one space between two
    letters  TEXT   NOT NULL, -- the same without spaces
    version  TEXT   NOT NULL, -- empty where it names none
    PRIMARY KEY (entry_id, name, version)
);
CREATE INDEX product_said_name ON product_said (name);
CREATE INDEX product_said_letters ON product_said (letters);

-- How many groups of entries have both names with a version in common, in both directions; of a name with itself: how many
-- of its groups another source or another name speaks of.
CREATE TABLE product_pair (
    one    TEXT   NOT NULL,
    other  TEXT   NOT NULL,
    shared BIGINT NOT NULL,
    PRIMARY KEY (one, other)
);

-- The change up to which pairs were counted.
INSERT INTO counter (name, value) VALUES ('product', 0);
