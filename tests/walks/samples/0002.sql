-- Rows as the second release wrote them: a feed whose address has been empty for a while.

INSERT INTO source (id, slug, name, vendor, kind, address, standing, every_minutes, private_network, options, memory, removed, last_tried, last_succeeded, last_news, failures, sentence, next_try, leased_until, leased_by, symptom, failing_since, quiet_after)
VALUES (2, 'sample-empty', 'Sample without news', 'sample', 'feed', 'https://sample.example/old', 'vendor', 60, FALSE, 'null', 'null', FALSE, 1770091506000, 1767323045000, 1767323045000, 3, 'failed to fetch https://sample.example/old: there is nothing at this address (404)', 1770091626000, 0, '', 'missing', 1769000000000, 1771000000000);

UPDATE counter SET value = 2 WHERE name = 'source';
