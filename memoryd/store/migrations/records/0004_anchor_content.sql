-- Layout 4: an anchor keeps what stood at its place, so that it can be followed by content.

-- JSON of AnchorContent (anchor_content.py); '' of what an earlier release wrote, and of folders and globs.
ALTER TABLE anchor ADD COLUMN content TEXT NOT NULL DEFAULT '';
