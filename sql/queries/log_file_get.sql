SELECT device, inode, position, head_bytes, head_crc
FROM log_file
WHERE collector = $1 AND path = $2
