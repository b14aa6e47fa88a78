-- From ($3, $4, $5) to ($6, $7, $8). Nothing changes if somebody else moved it.
UPDATE log_file
SET device = $6, inode = $7, position = $8, head_bytes = $9, head_crc = $10,
    read_at = $11
WHERE collector = $1 AND path = $2 AND device = $3 AND inode = $4
    AND position = $5
