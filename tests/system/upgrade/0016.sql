INSERT INTO owned_host (host, domain)
VALUES ('mx.own.example', 'own.example');
