-- index.db, layout 6: the words of the stored texts, by which any piece of a text is found without reading all of them.

-- Every word of every file (indexers.terms.FileWords.known): folded, and the term under which the forward rows have it
-- (0: under none, it may be in any file). Words of files that are gone stay: they lead to nothing.
CREATE TABLE word (text TEXT NOT NULL, term INTEGER NOT NULL, PRIMARY KEY (text, term)) WITHOUT ROWID;
-- Words of a file that no term leads to, a line each. NULL: too many to be kept, so that it is always looked at.
CREATE TABLE words_apart (
  file_id INTEGER PRIMARY KEY REFERENCES file(id) ON DELETE CASCADE,
  words TEXT
);
