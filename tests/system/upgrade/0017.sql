UPDATE day SET authenticated = 0, testing = 0, encrypted = 16, cleartext = 2,
    not_sent = 0
WHERE day = 20513;
