-- Layout 3: how it is known who gave a record its status.

-- agent, terminal or passphrase (values.py, ASSURANCES); '' of what an earlier release wrote, which is then derived.
ALTER TABLE record ADD COLUMN assured TEXT NOT NULL DEFAULT '';
