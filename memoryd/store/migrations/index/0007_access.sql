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
