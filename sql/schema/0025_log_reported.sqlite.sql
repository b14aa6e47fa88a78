-- Sessions of logs go into reports, where that is switched on: each once.
ALTER TABLE log_level ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;   -- of those without a datagram: it is decided
ALTER TABLE log_level ADD COLUMN reported INTEGER NOT NULL DEFAULT 0;  -- of these: they are in tallies
ALTER TABLE log_level ADD COLUMN looked_at INTEGER NOT NULL DEFAULT 0; -- when the domain's policies were looked up; 0: never
