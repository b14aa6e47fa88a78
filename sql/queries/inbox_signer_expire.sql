DELETE FROM inbox_signer WHERE last_at < $1
