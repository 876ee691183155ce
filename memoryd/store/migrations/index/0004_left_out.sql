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
