-- Of a database of tlsrpt-reporter, which is SQLite, as are those of the other
-- queries of collectd_* and reportd_*. Version 0 is a row by which it tries out
-- whether it may write.
SELECT version, installdate, purpose FROM dbversion WHERE version <> 0
