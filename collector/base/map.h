/* base/map.h -- uthash, keyed against chosen keys. Include this, never uthash.h
 * itself. Keys are bytes; a hit compares the whole key. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/siphash.h"

#define HASH_FUNCTION(key, len, hashv) \
	((hashv) = (unsigned)siphash_table((key), (len)))
/* Out of memory leaves the element out and the table as it was: the add macros
 * then leave tbl NULL in the element, which map_added() tells. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define map_added(element) ((element)->hh.tbl != NULL)

#endif
