-- As in step 15, but one at a time: two that removed the same day failed with
-- what the other had removed. 0: nothing is left, or another is at it.
CREATE OR REPLACE FUNCTION tally_day_forget(parent TEXT, before BIGINT, most BIGINT)
RETURNS BIGINT
LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    rest CONSTANT TEXT := parent || '_rest';
    own TEXT;
    n BIGINT;
BEGIN
    IF NOT pg_try_advisory_xact_lock(8460, hashtext('tally_day_forget')) THEN
        RETURN 0;
    END IF;
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
