-- Dependency keys that many links share, under a key that stands for all of them: what hands a name on for 10,000
-- files is looked at by each of their users, and noting it with every link would be quadratic.
-- members: keys as in link.looked, those of other groups among them. Groups that others hold come first by id, but
-- where two had the same key: those are one row with the members of both.
CREATE TABLE key_group (
  id INTEGER PRIMARY KEY,
  key INTEGER NOT NULL UNIQUE,
  members BLOB NOT NULL
);
