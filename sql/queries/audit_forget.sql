-- Ids grow with time: what is kept is not looked at.
DELETE FROM audit WHERE audit_id < $1 AND at < $2
