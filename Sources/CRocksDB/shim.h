// The database of the store (RocksDB, its C interface).
#include <rocksdb/c.h>
