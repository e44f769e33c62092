-- Rows as the first release wrote them: a vendor, a feed that failed once, and an advisory with two revisions.

INSERT INTO vendor (id, slug, name, domains, contacts)
VALUES (1, 'sample', 'Sample Works', '["sample.example"]', '[{"purpose":"security","address":"security@sample.example","learnt_from":"https://sample.example/security"}]');

INSERT INTO source (id, slug, name, vendor, kind, address, standing, every_minutes, private_network, options, memory, removed, last_tried, last_succeeded, last_news, failures, sentence, next_try, leased_until, leased_by)
VALUES (1, 'sample-feed', 'Sample news', 'sample', 'feed', 'https://sample.example/feed', 'vendor', 60, FALSE, 'null', '{"validators":{"etag":"\"1\"","last_modified":null},"followed":[]}', FALSE, 1770091506000, 1767323045000, 1767323045000, 1, 'failed to fetch https://sample.example/feed: the server has a fault of its own (503)', 1770091626000, 0, '');

INSERT INTO round (id, source_id, started, ended, round_end)
VALUES (1, 1, 1770091506000, 1770091507000, '{"failure":"failed to fetch https://sample.example/feed: the server has a fault of its own (503)","remark":null,"seen":0,"new":0,"revised":0,"next_try":"2026-02-03T04:07:06Z"}');

INSERT INTO snapshot (digest, media_type, length, zstd)
VALUES (X'ed589341c9fd5da96aaff4c5efa008226282a716186608d5a032ac75895a9c2f', 'text/plain', 9, X'28b52ffd04584900007468652062797465730807cfc6');

INSERT INTO entry (id, identity, source_id, native_id, kind, link, title, vendor, vendor_name, published, updated, first_seen, last_revised, revisions, revision_id, digest, group_id, card, change)
VALUES (1, X'000102030405060708090a0b0c0d0e0f', 1, 'SAMPLE-1', 'advisory', 'https://sample.example/1', 'The sample jams twice', 'sample', 'Sample Works', 1767323045000, 1770091506000, 1767323045000, 1770091506000, 2, 2, X'0000000000000000000000000000000000000000000000000000000000000002', 1, '{"severity":{"level":"high","score":7.5},"identifiers":["SAMPLE-1","CVE-2026-90001"],"affected":[],"affected_count":0}', 2);

INSERT INTO revision (id, entry_id, number, seen, snapshot, changes, statement, mentions, body)
VALUES (1, 1, 1, 1767323045000, X'ed589341c9fd5da96aaff4c5efa008226282a716186608d5a032ac75895a9c2f', '[]', '{"title":"The sample jams","publisher":"Sample Works","published":"2026-01-02T03:04:05Z","identifiers":["SAMPLE-1"],"severity":{"level":"medium","score":5.3}}', '[]', 'It jams.');
INSERT INTO revision (id, entry_id, number, seen, snapshot, changes, statement, mentions, body)
VALUES (2, 1, 2, 1770091506000, X'ed589341c9fd5da96aaff4c5efa008226282a716186608d5a032ac75895a9c2f', '["severity","identifiers","title","text"]', '{"title":"The sample jams twice","publisher":"Sample Works","published":"2026-01-02T03:04:05Z","updated":"2026-02-03T04:05:06Z","identifiers":["SAMPLE-1","CVE-2026-90001"],"severity":{"level":"high","score":7.5},"references":[{"url":"https://sample.example/1"}]}', '[["advisory","CVE-2026-90001",20,34]]', 'It jams twice. See CVE-2026-90001.');

INSERT INTO alias (identifier, group_id) VALUES ('SAMPLE-1', 1);
INSERT INTO alias (identifier, group_id) VALUES ('CVE-2026-90001', 1);

UPDATE counter SET value = 1 WHERE name IN ('vendor', 'source', 'entry', 'round');
UPDATE counter SET value = 2 WHERE name IN ('revision', 'change');
