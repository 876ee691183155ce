-- index.db, layout 1: everything derived. It can be deleted at any time; the next index rebuilds it.
-- Identity: a *file* is one blob at one path; all extracted rows hang on it, so that a second view
-- (branch, commit, worktree) with the same file costs one row in view_file.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- keys: extractor (EXTRACTOR_VERSION), linker, generation (bumped by every commit of the writer), embedder

CREATE TABLE path (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);   -- interned qualnames of edges

-- hash: the git blob id (sha1 of "blob <size>\0" + bytes), so that a work tree and a commit share rows.
-- facts: zlib of MessagePack FileFacts, without what is in outline (zlib of MessagePack Outline). text: zlib of the redacted bytes (snippets need no work tree).
CREATE TABLE file (
  id INTEGER PRIMARY KEY,
  path_id INTEGER NOT NULL REFERENCES path(id),
  hash BLOB NOT NULL,
  language TEXT NOT NULL,
  package TEXT NOT NULL,           -- the package clause (Go, Java), else ''
  size_bytes INTEGER NOT NULL,
  outline BLOB NOT NULL,
  facts BLOB NOT NULL,
  text BLOB NOT NULL,
  forward BLOB NOT NULL,           -- indexers.terms: the terms of its chunks, in chunk order
  redacted INTEGER NOT NULL DEFAULT 0,
  reference_count INTEGER NOT NULL DEFAULT 0,
  UNIQUE (path_id, hash)
);

CREATE TABLE symbol (
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE,
  name TEXT NOT NULL, qualname TEXT NOT NULL, kind TEXT NOT NULL,
  line INTEGER NOT NULL, end_line INTEGER NOT NULL,
  signature TEXT NOT NULL, exported INTEGER NOT NULL
);
CREATE INDEX symbol_by_file ON symbol(file_id);
CREATE INDEX symbol_by_name ON symbol(name);

CREATE TABLE chunk (
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,        -- position in file, 0-based
  kind TEXT NOT NULL, qualname TEXT NOT NULL,
  line INTEGER NOT NULL, end_line INTEGER NOT NULL,
  start_byte INTEGER NOT NULL, end_byte INTEGER NOT NULL,
  hash BLOB NOT NULL               -- 16 bytes: of path, qualname and body, the key of its embeddings
);
CREATE INDEX chunk_by_file ON chunk(file_id, ordinal);

-- The vectors' own home: Chroma is a cache over this. vector: int8, scale 1/127, unit length.
CREATE TABLE embedding (
  model TEXT NOT NULL, hash BLOB NOT NULL, vector BLOB NOT NULL,
  PRIMARY KEY (model, hash)
) WITHOUT ROWID;

-- name: 'worktree:<absolute root>' or 'rev:<sha>'. head: commit it was indexed at ('' without git).
-- commits: zlib bitmap over commit ids, those reachable from head.
CREATE TABLE view (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  head TEXT NOT NULL, branch TEXT NOT NULL,
  indexed_at_s INTEGER NOT NULL, used_at_s INTEGER NOT NULL,
  complete INTEGER NOT NULL,       -- 0 while its first index is under way
  commits BLOB NOT NULL
);
CREATE TABLE view_file (
  view_id INTEGER NOT NULL REFERENCES view(id) ON DELETE CASCADE,
  path_id INTEGER NOT NULL, file_id INTEGER NOT NULL REFERENCES file(id),
  link_id INTEGER,                 -- NULL until linked
  size_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
  PRIMARY KEY (view_id, path_id)
) WITHOUT ROWID;
CREATE INDEX view_file_by_file ON view_file(file_id);
CREATE INDEX view_file_by_link ON view_file(link_id);
-- Paths of the view that changed since its files were last linked, and what the links saw there (NULL: no file).
CREATE TABLE stale (
  view_id INTEGER NOT NULL REFERENCES view(id) ON DELETE CASCADE,
  path_id INTEGER NOT NULL, file_id INTEGER,
  PRIMARY KEY (view_id, path_id)
) WITHOUT ROWID;
-- Files of the view that were not indexed. reason: ignored-size binary denied quarantined link special unreadable …
CREATE TABLE skipped (
  view_id INTEGER NOT NULL REFERENCES view(id) ON DELETE CASCADE,
  path TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY (view_id, path)
) WITHOUT ROWID;
-- Blobs that killed their parse worker: not tried again until the extractor changes.
CREATE TABLE quarantine (hash BLOB NOT NULL, language TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (hash, language)) WITHOUT ROWID;

-- The edges of one file, given what it looked at in others. looked: the keys of that (little-endian u32 each); it
-- holds in any view where none of them means anything else. digest: of looked and the edges.
CREATE TABLE link (
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE,
  digest BLOB NOT NULL,
  looked BLOB NOT NULL,
  unresolved INTEGER NOT NULL DEFAULT 0,
  UNIQUE (file_id, digest)
);
-- What kind of edge it is and how it was found: a handful of rows, so that an edge is a handful of small numbers.
CREATE TABLE how (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, method TEXT NOT NULL, confidence REAL NOT NULL,
  UNIQUE (kind, method, confidence)
);
-- src: qualname in the link's file ('' = the file). dst: (path, qualname), qualname '' = the file. ordinal: place in
-- the link. In the order in which walks read it: a seek per used definition, none per edge.
CREATE TABLE edge_row (
  dst_path_id INTEGER NOT NULL, dst_name_id INTEGER NOT NULL,
  link_id INTEGER NOT NULL REFERENCES link(id) ON DELETE CASCADE, ordinal INTEGER NOT NULL,
  src_name_id INTEGER NOT NULL, line INTEGER NOT NULL, how_id INTEGER NOT NULL,
  PRIMARY KEY (dst_path_id, dst_name_id, link_id, ordinal)
) WITHOUT ROWID;
CREATE INDEX edge_by_link ON edge_row(link_id);
CREATE VIEW edge AS
  SELECT link_id, src_name_id, kind, dst_path_id, dst_name_id, line, method, confidence
  FROM edge_row JOIN how ON how.id = how_id;

CREATE TABLE decision (
  file_id INTEGER PRIMARY KEY REFERENCES file(id) ON DELETE CASCADE,
  title TEXT NOT NULL, status TEXT NOT NULL, status_source TEXT NOT NULL, date TEXT NOT NULL,
  line INTEGER NOT NULL, facts BLOB NOT NULL   -- MessagePack Decision
);

-- What a file declares beside its symbols: kind = constraint, evidence or operation; facts: MessagePack of that type.
CREATE TABLE finding (
  file_id INTEGER NOT NULL REFERENCES file(id) ON DELETE CASCADE,
  kind TEXT NOT NULL, ordinal INTEGER NOT NULL, facts BLOB NOT NULL,
  PRIMARY KEY (file_id, kind, ordinal)
) WITHOUT ROWID;

CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, UNIQUE (name, email));
-- ids ascend with the history: a parent has a smaller id than its children.
CREATE TABLE git_commit (
  id INTEGER PRIMARY KEY,
  sha TEXT NOT NULL UNIQUE,
  parents TEXT NOT NULL,           -- shas joined by spaces
  author_id INTEGER NOT NULL REFERENCES author(id),
  time_s INTEGER NOT NULL,
  subject TEXT NOT NULL, body TEXT NOT NULL,
  files INTEGER NOT NULL,          -- how many files it changed
  effect INTEGER NOT NULL,         -- key of what it does to which bytes, 0 = not compared
  inverse INTEGER NOT NULL,        -- the effect of a commit that undoes it exactly
  forward BLOB NOT NULL            -- indexers.terms of subject + first 500 characters of the body, one chunk
);
CREATE INDEX commit_by_time ON git_commit(time_s);
-- What one commit says or does beside its changes (indexers.facts.CommitNote); a function of that commit alone.
CREATE TABLE commit_note (
  commit_id INTEGER NOT NULL REFERENCES git_commit(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  kind TEXT NOT NULL, subject TEXT NOT NULL, how TEXT NOT NULL, quote TEXT NOT NULL, score INTEGER NOT NULL,
  PRIMARY KEY (commit_id, ordinal)
) WITHOUT ROWID;
CREATE INDEX commit_note_by_kind ON commit_note(kind, subject);
-- old_blob/new_blob: first 8 bytes of the id as a signed integer, 0 = none (enough to find inverse pairs).
CREATE TABLE change (
  commit_id INTEGER NOT NULL REFERENCES git_commit(id) ON DELETE CASCADE,
  path_id INTEGER NOT NULL, status TEXT NOT NULL, old_path_id INTEGER,
  old_blob INTEGER NOT NULL, new_blob INTEGER NOT NULL,
  PRIMARY KEY (commit_id, path_id)
) WITHOUT ROWID;
CREATE INDEX change_by_path ON change(path_id);
CREATE INDEX change_by_old_path ON change(old_path_id) WHERE old_path_id IS NOT NULL;
-- Blame of one blob at one path (content-addressed): zlib of MessagePack [(sha, first_line, count), …].
CREATE TABLE blame (path_id INTEGER NOT NULL, hash BLOB NOT NULL, head TEXT NOT NULL, spans BLOB NOT NULL, PRIMARY KEY (path_id, hash)) WITHOUT ROWID;

-- Dependency keys that many links share, under a key that stands for all of them: what hands a name on for 10,000
-- files is looked at by each of their users, and noting it with every link would be quadratic.
-- members: keys as in link.looked, those of other groups among them. Groups that others hold come first by id, but
-- where two had the same key: those are one row with the members of both.
CREATE TABLE key_group (
  id INTEGER PRIMARY KEY,
  key INTEGER NOT NULL UNIQUE,
  members BLOB NOT NULL
);

-- index.db, layout 3: what part a file plays (indexers.facts.FileRole) and how many test cases are seen in it, and
-- whether a definition is for tests, are facts of the file. The read side asks for them; it has no rules for paths.
ALTER TABLE file ADD COLUMN role TEXT NOT NULL DEFAULT 'code';
ALTER TABLE file ADD COLUMN test_cases INTEGER NOT NULL DEFAULT 0;
ALTER TABLE symbol ADD COLUMN for_tests INTEGER NOT NULL DEFAULT 0;

-- index.db, layout 4: what of the repository is left out, since working on it took more than it may. It takes the place
-- of quarantine, whose blobs are tried once more.
-- phase: what was being done (memoryd.ingest.units). key: the content, so that a change of it is worked on: a blob's
-- hash, a commit's sha. path: where it was met, '' for a commit. tries: so often the process ended at it; from two on it is
-- left out. stays: it was over a limit of its own processor time while there was time enough, so another try would give
-- the same; what does not stay is tried again some hours after at_s. lost_s: processor time that it has cost.
-- Other versions of the readers or of the linker forget it all.
DROP TABLE quarantine;
CREATE TABLE left_out (
  phase TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL,
  tries INTEGER NOT NULL, reason TEXT NOT NULL, stays INTEGER NOT NULL, lost_s REAL NOT NULL, at_s INTEGER NOT NULL,
  PRIMARY KEY (phase, key, path)
) WITHOUT ROWID;

-- index.db, layout 5: what linking could not tell, so that an answer of none can be accounted for, and methods that
-- override others, so that a walk goes from an override to who calls its base.

-- Of a link: the references whose meaning is unknown, a line each: name, tab, the lines where it stands, by spaces; and
-- the imports that lead out of the project as far as is known: module, tab, name, tab, line. In tables of their own,
-- uncompressed: one name is looked for in all of them at once.
CREATE TABLE unresolved (
  link_id INTEGER PRIMARY KEY REFERENCES link(id) ON DELETE CASCADE,
  uses TEXT NOT NULL, imports TEXT NOT NULL
);
-- Rows of how with an id below 0 are of the kind overrides: an index over those edges alone.
CREATE INDEX edge_overriding ON edge_row(link_id, src_name_id) WHERE how_id < 0;

-- index.db, layout 6: the words of the stored texts, by which any piece of a text is found without reading all of them.

-- Every word of every file (indexers.terms.FileWords.known): folded, and the term under which the forward rows have it
-- (0: under none, it may be in any file). Words of files that are gone stay: they lead to nothing.
CREATE TABLE word (text TEXT NOT NULL, term INTEGER NOT NULL, PRIMARY KEY (text, term)) WITHOUT ROWID;
-- Words of a file that no term leads to, a line each. NULL: too many to be kept, so that it is always looked at.
CREATE TABLE words_apart (
  file_id INTEGER PRIMARY KEY REFERENCES file(id) ON DELETE CASCADE,
  words TEXT
);

-- index.db, layout 7: whether a use reads or writes what it uses (indexers.facts.Reference.access; 0: not told), beside
-- how it was found: a handful of rows more, and no byte per edge.
CREATE TABLE how_with_access (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, method TEXT NOT NULL, confidence REAL NOT NULL, access INTEGER NOT NULL DEFAULT 0,
  UNIQUE (kind, method, confidence, access)
);
INSERT INTO how_with_access (id, kind, method, confidence) SELECT id, kind, method, confidence FROM how;
DROP VIEW edge;
DROP TABLE how;
ALTER TABLE how_with_access RENAME TO how;
CREATE VIEW edge AS
  SELECT link_id, src_name_id, kind, dst_path_id, dst_name_id, line, method, confidence, access
  FROM edge_row JOIN how ON how.id = how_id;
