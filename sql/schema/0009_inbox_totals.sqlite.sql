-- A total that is not told is not 0. What was received before is taken as told;
-- tlsrpt inbox reprocess --all sets it right, and sums as well.
ALTER TABLE inbox ADD COLUMN has_succeeded INTEGER NOT NULL DEFAULT 1;
ALTER TABLE inbox ADD COLUMN has_failed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE inbox_policy ADD COLUMN has_succeeded INTEGER NOT NULL DEFAULT 1;
ALTER TABLE inbox_policy ADD COLUMN has_failed INTEGER NOT NULL DEFAULT 1;
