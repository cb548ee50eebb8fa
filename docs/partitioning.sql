-- Turns "listen" into a table of 16 hash partitions by listener. Make a backup, stop web
-- processes and workers, and run it as the role that owns the tables:
--   psql "$DATABASE_URL" --set ON_ERROR_STOP=1 --file partitioning.sql
-- Then grant other roles again what they had been granted. See scaling.md.
BEGIN;
ALTER TABLE listen RENAME TO listen_unpartitioned;
CREATE TABLE listen (LIKE listen_unpartitioned INCLUDING ALL EXCLUDING INDEXES)
    PARTITION BY HASH (user_id);
DO $$
BEGIN
    FOR remainder IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE listen_%s PARTITION OF listen'
            ' FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
            to_char(remainder, 'FM00'), remainder
        );
    END LOOP;
END
$$;
INSERT INTO listen SELECT * FROM listen_unpartitioned ORDER BY user_id, started_at;
DROP TABLE listen_unpartitioned;
ALTER TABLE listen ADD CONSTRAINT uq_listen_exact_key
    UNIQUE NULLS NOT DISTINCT (user_id, started_at, recording_id, log, ms_played);
CREATE INDEX ix_listen_long ON listen (user_id, started_at) WHERE ms_played > 7200000;
COMMIT;
ANALYZE listen;
