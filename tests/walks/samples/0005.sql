-- Rows as the fifth release wrote them: what the advisory calls its product, and a pair that was counted.

INSERT INTO product_said (entry_id, name, letters, version) VALUES (1, 'sample press', 'samplepress', '2.0');
INSERT INTO product_said (entry_id, name, letters, version) VALUES (1, 'press', 'press', '2.0');

INSERT INTO product_pair (one, other, shared) VALUES ('press', 'press', 4);
INSERT INTO product_pair (one, other, shared) VALUES ('press', 'sample press', 4);
INSERT INTO product_pair (one, other, shared) VALUES ('sample press', 'press', 4);
INSERT INTO product_pair (one, other, shared) VALUES ('sample press', 'sample press', 4);

UPDATE counter SET value = 2 WHERE name = 'product';
