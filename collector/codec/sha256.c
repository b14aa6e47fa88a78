#include "codec/sha256.h"

#include <openssl/evp.h>

enum err
sha256(struct span bytes, unsigned char ret[SHA256_BYTES])
{
	return EVP_Digest(bytes.p == NULL ? "" : bytes.p, bytes.len, ret, NULL,
		   EVP_sha256(), NULL) == 1
	    ? E_OK
	    : E_NOMEM;
}
