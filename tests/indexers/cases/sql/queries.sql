SELECT tidy(a.x), lower(b.y) FROM accounts a, billing.inv b, (SELECT 1 FROM seats) q WHERE is_open(a) AND x IN (1, 2);
--     ^ call tidy
--                                ^ read accounts
--                                                    ^ read inv of billing
--                                                                          ^ read seats
--                                                                                         ^ call is_open
SELECT * FROM rows_of(1) r JOIN other(2) o ON true, last_one WHERE a IS DISTINCT FROM b ORDER BY c, d;
--            ^ call rows_of
--                              ^ call other
--                                                  ^ read last_one
REFRESH MATERIALIZED VIEW summary;
--                        ^ read summary
INSERT INTO users (id, name) SELECT 1, tidy('x') FROM seats ON DUPLICATE KEY UPDATE id = 1, name = 2;
--          ^ read users
--                                     ^ call tidy
--                                                    ^ read seats
CREATE TABLE t (a varchar(3) DEFAULT made(1), b numeric(1, 2));
--           ^ def struct t
--              ^ def field t.a
--                                   ^ call made in t
--                                            ^ def field t.b
