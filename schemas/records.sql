-- records.db, layout 1: what people and agents contributed. The only store that cannot be rebuilt.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE record (
  id TEXT PRIMARY KEY,             -- sortable by time, unguessable tail
  kind TEXT NOT NULL,              -- decision lesson constraint convention note
  text TEXT NOT NULL,
  status TEXT NOT NULL,            -- proposed confirmed retracted superseded
  actor TEXT NOT NULL,             -- 'human:<user>' or 'agent:<client name>'; set by the server, never by the caller
  created_at_s INTEGER NOT NULL,
  head TEXT NOT NULL,              -- commit at that time, '' without git
  supersedes TEXT,                 -- id of the record that it replaces
  fingerprint BLOB NOT NULL        -- of the normalised text: near-duplicates return the existing id
);
CREATE INDEX record_by_fingerprint ON record(fingerprint);
CREATE TABLE anchor (
  record_id TEXT NOT NULL REFERENCES record(id) ON DELETE CASCADE,
  target TEXT NOT NULL,            -- path, path:line, path:Qual.name or a glob, as given
  PRIMARY KEY (record_id, target)
) WITHOUT ROWID;

-- Append-only: hash = sha256(prev_hash + canonical JSON of the row).
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at_s INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, record_id TEXT NOT NULL,
  payload TEXT NOT NULL,
  prev_hash BLOB NOT NULL, hash BLOB NOT NULL
);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

-- Layout 2: where imported records come from, which decision document a record was written to, who added an anchor.

-- JSON of the record as it was where it was exported: id, actor, status, created_at_s; '' for our own.
ALTER TABLE record ADD COLUMN origin TEXT NOT NULL DEFAULT '';
-- Path, relative to the project's root, of the decision document that a person published it as; '' for none.
ALTER TABLE record ADD COLUMN published TEXT NOT NULL DEFAULT '';
-- Anchors can join a proposal later: whose, and when, so that a client's writes can be taken back.
ALTER TABLE anchor ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE anchor ADD COLUMN at_s INTEGER NOT NULL DEFAULT 0;
CREATE INDEX record_by_status ON record(status, created_at_s);
CREATE INDEX audit_by_record ON audit(record_id);
CREATE INDEX record_by_origin ON record(json_extract(origin, '$.id')) WHERE origin <> '';

-- Layout 3: how it is known who gave a record its status.

-- agent, terminal or passphrase (values.py, ASSURANCES); '' of what an earlier release wrote, which is then derived.
ALTER TABLE record ADD COLUMN assured TEXT NOT NULL DEFAULT '';

-- Layout 4: an anchor keeps what stood at its place, so that it can be followed by content.

-- JSON of AnchorContent (anchor_content.py); '' of what an earlier release wrote, and of folders and globs.
ALTER TABLE anchor ADD COLUMN content TEXT NOT NULL DEFAULT '';
