-- People who buy.
-- ^ comment People who buy.
CREATE TABLE IF NOT EXISTS public.users (
-- ^ def struct users
-- ^ doc People who buy.
  id INT PRIMARY KEY,
-- ^ def field users.id
  "org id" INT NOT NULL REFERENCES orgs(id) ON DELETE CASCADE,
-- ^ def field users.org id
--                                 ^ read orgs in users
  total NUMERIC(10, 2) DEFAULT 0,
-- ^ def field users.total
  CONSTRAINT fk FOREIGN KEY (org) REFERENCES shop.orgs (id)
--                                                ^ read orgs of shop in users
);
CREATE UNIQUE INDEX idx_users ON users (id);
-- ^ def property idx_users
--                               ^ read users in idx_users
CREATE OR REPLACE FUNCTION touch() RETURNS trigger AS $$
-- ^ def function touch
BEGIN
  UPDATE users SET t = now();
--       ^ read users in touch
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
CREATE VIEW active AS WITH recent AS (SELECT * FROM orders) SELECT extract(year FROM x) FROM recent r JOIN users u ON u.id = r.id;
-- ^ def struct active
--                                                  ^ read orders in active
--                                                                                                         ^ read users in active
CREATE TRIGGER t1 BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION touch();
-- ^ def function t1
--                                 ^ read users in t1
--                                                                     ^ call touch in t1
INSERT INTO users VALUES (1, 'FROM bad');
--          ^ read users
ALTER TABLE [dbo].[users] ADD COLUMN x INT;
--                 ^ read users
