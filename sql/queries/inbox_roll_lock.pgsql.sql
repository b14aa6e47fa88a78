-- Who adds up a day that another transaction changes has to see what that has
-- done. In the order of the array, so that nobody waits in a circle.
SELECT pg_advisory_xact_lock(8461, CAST(place AS INTEGER))
FROM unnest($1::bigint[]) AS place
