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
