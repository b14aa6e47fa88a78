INSERT INTO log_file (collector, path, device, inode, position, head_bytes,
    head_crc, read_at)
VALUES ($1, $2, 0, 0, 0, 0, 0, 0)
ON CONFLICT (collector, path) DO NOTHING
