-- Tallies get a partition for each day, below keys that begin with the domain:
-- see docs/scaling.md. What has no partition is in the one that ends in _rest:
-- days that role report has not seen coming.

-- A day's partition, unless there is one. What is in the rest already is moved
-- there; more than that stays where it is, since all who add to the rest wait
-- meanwhile. 1: made.
CREATE FUNCTION tally_day_make(parent TEXT, day BIGINT) RETURNS BIGINT
LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    moved_max CONSTANT BIGINT := 100000;
    own CONSTANT TEXT := format('%s_%s', parent, day);
    rest CONSTANT TEXT := parent || '_rest';
    n BIGINT;
BEGIN
    IF to_regclass(quote_ident(own)) IS NOT NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', rest);
    IF to_regclass(quote_ident(own)) IS NOT NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('SELECT count(*) FROM (SELECT FROM %I WHERE day = $1
        LIMIT $2) AS r', rest) INTO n USING day, moved_max + 1;
    IF n > moved_max THEN
        RETURN 0;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', own, parent);
    IF n > 0 THEN
        EXECUTE format('WITH r AS (DELETE FROM %I WHERE day = $1 RETURNING *)
            INSERT INTO %I SELECT * FROM r', rest, own) USING day;
    END IF;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I
        FOR VALUES FROM (%s) TO (%s)', parent, own, day, day + 1);
    RETURN 1;
END
$$;

-- The next of what is before a day: a partition, then some rows of the rest.
-- How many of either; 0: nothing is left.
CREATE FUNCTION tally_day_forget(parent TEXT, before BIGINT, most BIGINT)
RETURNS BIGINT
LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    rest CONSTANT TEXT := parent || '_rest';
    own TEXT;
    n BIGINT;
BEGIN
    SELECT c.relname INTO own
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(quote_ident(parent)) AND c.relname <> rest
        AND CAST(substr(c.relname, length(parent) + 2) AS BIGINT) < before
    ORDER BY CAST(substr(c.relname, length(parent) + 2) AS BIGINT)
    LIMIT 1;
    IF own IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, own);
        EXECUTE format('DROP TABLE %I', own);
        RETURN 1;
    END IF;
    EXECUTE format('DELETE FROM %I WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM %I WHERE day < $1 LIMIT $2))', rest, rest)
        USING before, most;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;

ALTER TABLE tally_record RENAME TO tally_record_before;
ALTER TABLE tally_record_before
    RENAME CONSTRAINT tally_record_pkey TO tally_record_before_pkey;
CREATE TABLE tally_record (
    LIKE tally_record_before,
    PRIMARY KEY (domain, day, record_key, part)
) PARTITION BY RANGE (day);
CREATE TABLE tally_record_rest PARTITION OF tally_record DEFAULT;
CREATE INDEX tally_record_rest_day ON tally_record_rest (day);

ALTER TABLE tally_policy RENAME TO tally_policy_before;
ALTER TABLE tally_policy_before
    RENAME CONSTRAINT tally_policy_pkey TO tally_policy_before_pkey;
CREATE TABLE tally_policy (
    LIKE tally_policy_before,
    PRIMARY KEY (domain, day, record_key, part, policy_key)
) PARTITION BY RANGE (day);
CREATE TABLE tally_policy_rest PARTITION OF tally_policy DEFAULT;
CREATE INDEX tally_policy_rest_day ON tally_policy_rest (day);

ALTER TABLE tally_detail RENAME TO tally_detail_before;
ALTER TABLE tally_detail_before
    RENAME CONSTRAINT tally_detail_pkey TO tally_detail_before_pkey;
CREATE TABLE tally_detail (
    LIKE tally_detail_before,
    PRIMARY KEY (domain, day, record_key, part, policy_key, detail_key)
) PARTITION BY RANGE (day);
CREATE TABLE tally_detail_rest PARTITION OF tally_detail DEFAULT;
CREATE INDEX tally_detail_rest_day ON tally_detail_rest (day);

-- One transaction has room for so many: each takes a dozen locks.
SELECT tally_day_make(t.name, d.day)
FROM (SELECT day FROM day ORDER BY day DESC LIMIT 100) AS d
    CROSS JOIN (VALUES ('tally_record'), ('tally_policy'), ('tally_detail'))
        AS t (name);

INSERT INTO tally_record SELECT * FROM tally_record_before;
INSERT INTO tally_policy SELECT * FROM tally_policy_before;
INSERT INTO tally_detail SELECT * FROM tally_detail_before;
DROP TABLE tally_record_before, tally_policy_before, tally_detail_before;

-- The domain comes first in every key. A report-id is made of it, the day, and
-- the rest of the key.
ALTER TABLE report DROP CONSTRAINT report_pkey;
ALTER TABLE report DROP CONSTRAINT report_domain_day_record_key_part_key;
ALTER TABLE report ADD PRIMARY KEY (domain, day, record_key, part);
CREATE INDEX report_named ON report (report_id);
CREATE INDEX report_listed ON report (day, domain, report_id);

-- As in SQLite, where it is explained.
ALTER TABLE day ADD COLUMN domains BIGINT NOT NULL DEFAULT 0;
ALTER TABLE day ADD COLUMN succeeded BIGINT NOT NULL DEFAULT 0;
ALTER TABLE day ADD COLUMN failed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE day ADD COLUMN reports BIGINT NOT NULL DEFAULT 0;

UPDATE day SET domains = s.domains
FROM (SELECT day, COUNT(DISTINCT domain) AS domains FROM tally_record
    GROUP BY day) AS s
WHERE day.day = s.day AND closed_at IS NOT NULL AND due = 0;
UPDATE day SET succeeded = s.succeeded, failed = s.failed
FROM (SELECT day, SUM(succeeded) AS succeeded, SUM(failed) AS failed
    FROM tally_policy GROUP BY day) AS s
WHERE day.day = s.day AND closed_at IS NOT NULL AND due = 0;
UPDATE day SET reports = s.reports
FROM (SELECT day, COUNT(*) AS reports FROM report GROUP BY day) AS s
WHERE day.day = s.day AND closed_at IS NOT NULL AND due = 0;
