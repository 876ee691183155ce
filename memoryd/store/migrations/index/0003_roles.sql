-- index.db, layout 3: what part a file plays (indexers.facts.FileRole) and how many test cases are seen in it, and
-- whether a definition is for tests, are facts of the file. The read side asks for them; it has no rules for paths.
ALTER TABLE file ADD COLUMN role TEXT NOT NULL DEFAULT 'code';
ALTER TABLE file ADD COLUMN test_cases INTEGER NOT NULL DEFAULT 0;
ALTER TABLE symbol ADD COLUMN for_tests INTEGER NOT NULL DEFAULT 0;
