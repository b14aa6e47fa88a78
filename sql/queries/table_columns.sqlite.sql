-- Every table's columns, and their places in its primary key from 1 on.
SELECT t.name, c.name, c.pk
FROM sqlite_schema t, pragma_table_info(t.name) c
WHERE t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_'
    AND t.name <> 'schema_migrations'
ORDER BY t.name, c.cid
