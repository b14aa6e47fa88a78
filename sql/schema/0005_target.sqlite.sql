-- Where the operator has a report go instead, and what a day's summary counts.
ALTER TABLE delivery ADD COLUMN
    target TEXT NOT NULL DEFAULT '';  -- empty: to uri

CREATE INDEX delivery_done_at ON delivery (done_at, state)
    WHERE done_at IS NOT NULL;
CREATE INDEX delivery_attempt_started ON delivery_attempt (started_at);
