-- What the house watches of itself: its ticks and its canary; and which channels of one vendor disagree.

-- Why this source cannot be relied on although it answers: another channel of its vendor says more. One sentence.
ALTER TABLE source ADD COLUMN disagreement TEXT;

-- The ticks of the program's clock. A program that stops in order takes its rows away.
CREATE TABLE tick (
    name      TEXT   NOT NULL PRIMARY KEY,
    ran       BIGINT NOT NULL,
    expected  BIGINT NOT NULL, -- when the next one is overdue
    jumped    BIGINT,          -- when the clock last went on by another length than time did
    jumped_by BIGINT           -- by so many milliseconds, forward counted up
);

-- The chain of the canary: which step a token has reached, and when.
CREATE TABLE canary (
    token   TEXT   NOT NULL,
    step    TEXT   NOT NULL,
    reached BIGINT NOT NULL,
    PRIMARY KEY (token, step)
);
CREATE INDEX canary_reached ON canary (reached);
