-- Rows as the third release wrote them: a list that states that an identifier of the sample advisory is exploited.

INSERT INTO source (id, slug, name, vendor, kind, address, standing, every_minutes, private_network, options, memory, removed, last_tried, last_succeeded, last_news, failures, sentence, next_try, leased_until, leased_by, symptom, failing_since, quiet_after)
VALUES (3, 'sample-list', 'Sample list', NULL, 'kev', 'https://sample.example/kev.json', 'third-party', 360, FALSE, 'null', 'null', FALSE, 1770091506000, 1770091506000, NULL, 0, NULL, 1770113106000, 0, '', NULL, NULL, NULL);

INSERT INTO enrichment (identifier, source_id, sort, chance, percentile, dated, ransomware, noted)
VALUES ('CVE-2026-90001', 3, 'exploited', NULL, NULL, 1769990400000, TRUE, 1770091506000);
INSERT INTO enrichment (identifier, source_id, sort, chance, percentile, dated, ransomware, noted)
VALUES ('CVE-2026-90001', 2, 'epss', 97042, 99881, 1769990400000, FALSE, 1770091506000);

UPDATE counter SET value = 3 WHERE name = 'source';
