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
