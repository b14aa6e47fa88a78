-- How well a day's sessions were protected, added up with what the day came to.
-- NULL: not yet, or before this step.
ALTER TABLE day ADD COLUMN authenticated INTEGER;
ALTER TABLE day ADD COLUMN testing INTEGER;
ALTER TABLE day ADD COLUMN encrypted INTEGER;
ALTER TABLE day ADD COLUMN cleartext INTEGER;
ALTER TABLE day ADD COLUMN not_sent INTEGER;
