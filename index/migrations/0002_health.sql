-- What a source's state is made of beyond how its last round ended.

ALTER TABLE source ADD COLUMN symptom TEXT;         -- what is wrong, by its word; absent: nothing that has a word
ALTER TABLE source ADD COLUMN failing_since BIGINT; -- the first of the failures in a row
ALTER TABLE source ADD COLUMN quiet_after BIGINT;   -- silence beyond this moment is unusual for this source
