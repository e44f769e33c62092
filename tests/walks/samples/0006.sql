-- Rows as the release with subscriptions wrote them: a daily digest that was sent, and a webhook that refused.

INSERT INTO subscription (id, wanted, address, sources, state, sentence, since, due, last_made, told, confirm_token, leave_token, feed_token, secret, created)
VALUES (1, '{"name":"Sample Works","watch":{"query":"vendor:sample","sources":true},"recipient":{"by":"mail","address":"team@sample.example"},"rhythm":{"cadence":{"every":"day","at":"07:00:00"},"zone":"Europe/Berlin","quiet":{"from":"22:00:00","to":"06:00:00"}},"every_change":false,"nothing_new":"daily"}',
        'team@sample.example', TRUE, 'active', NULL, 1, 1770271200000, 1770184800000, '{"sample-empty":"gone"}', 'c1', 'l1', 'f1', 's1', 1770000000000),
       (2, '{"name":"hook","watch":{"query":"jams","sources":false},"recipient":{"by":"webhook","url":"https://chat.sample.example/hooks/x","shape":"slack","private_network":false},"rhythm":{"cadence":{"every":"once"},"zone":"UTC"},"every_change":true,"nothing_new":"weekly"}',
        'https://chat.sample.example/hooks/x', FALSE, 'refused', 'failed to fetch https://chat.sample.example/…: it was removed for good (410)', 1, NULL, 1770184800000, '{}', 'c2', 'l2', 'f2', 's2', 1770000000000);

INSERT INTO digest (id, subscription_id, token, made, content)
VALUES (1, 1, 'd1', 1770184800000, '{"name":"Sample Works","watched":"entries that come from the vendor sample","made":"2026-02-04T06:00:00Z","zone":"Europe/Berlin","sections":[{"concern":"other","vendors":[{"name":"Sample Works","lines":[{"entry":1,"kind":"advisory","title":"The sample jams twice","identifiers":["CVE-2026-90001"],"severity":{"level":"high","score":7.5},"status":"inforce","affected":[],"sources":["Sample feed"],"new":false,"changes":["severity"],"dated":"2026-01-02T03:04:05Z"}]}]}],"more":0,"typed":"vendor:sample","sources":{"asked":2,"well":1,"unwell":[{"slug":"sample-empty","name":"Sample without news","state":"gone","since":null,"sentence":"","new":true}],"watched":true,"recovered":[]}}');

INSERT INTO delivery (id, subscription_id, entry_id, revision, changes, unfiltered, digest_id)
VALUES (1, 1, 1, 2, '["severity"]', NULL, 1), (2, 2, 1, 2, '["severity"]', NULL, NULL);

INSERT INTO outbox (id, subscription_id, digest_id, address, message, state, sentence, created, next_try, begun, undone, sent, leased_until, leased_by)
VALUES (1, 1, 1, 'team@sample.example', 'm1', 'sent', NULL, 1770184800000, 1770184800000, 2, 0, 1770184900000, 0, ''),
       (2, 2, NULL, 'https://chat.sample.example/hooks/x', 'm2', 'refused', 'failed to fetch https://chat.sample.example/…: it was removed for good (410)', 1770184800000, 1770184800000, 1, 1, NULL, 0, '');

UPDATE counter SET value = 2 WHERE name IN ('subscription', 'delivery', 'outbox');
UPDATE counter SET value = 1 WHERE name = 'digest';
