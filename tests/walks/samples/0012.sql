-- What the twelfth release wrote of decisions and observations: both lean on the entry that the first release wrote.

INSERT INTO decision (entry_id, digest, name, claimed, product, version, vendor, outcome, by_whom, reason, decided)
VALUES (1, '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03', 'sample.txt', NULL, NULL, NULL, NULL, 'hold', 'Sam', 'it is a sample', 1770091507000);
INSERT INTO observation (entry_id, called, product, version, said, by_whom, observed)
VALUES (1, 'Sample Press', 'sample press', '1.0', 'it jams less', 'Sam', 1770091508000);
