-- Every table's columns, and their places in its primary key from 1 on.
SELECT t.relname::text, c.attname::text,
    coalesce(array_position(k.indkey::int2[], c.attnum) + 1, 0)::bigint
FROM pg_class t
    JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0
        AND NOT c.attisdropped
    LEFT JOIN pg_index k ON k.indrelid = t.oid AND k.indisprimary
WHERE t.relnamespace = current_schema()::regnamespace
    AND t.relkind IN ('r', 'p') AND NOT t.relispartition
    AND t.relname <> 'schema_migrations'
ORDER BY t.relname COLLATE "C", c.attnum
