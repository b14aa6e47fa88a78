-- A migration waits until this transaction has ended, or this one until it has.
SELECT pg_advisory_xact_lock_shared(8460)
