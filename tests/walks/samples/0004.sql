-- Rows as the fourth release wrote them: two channels that disagree, a clock that jumped, a canary on its way.

UPDATE source SET disagreement = '“Sample feed” has said 1 thing that does not stand here: “The sample jams twice”' WHERE slug = 'sample-empty';

INSERT INTO tick (name, ran, expected, jumped, jumped_by) VALUES ('clock', 1770091506000, 1770092106000, 1770090000000, 7200000);

INSERT INTO canary (token, step, reached) VALUES ('canary1770091500000', 'fetch', 1770091500100), ('canary1770091500000', 'store', 1770091500200);
