// A C door to what only RocksDB's C++ interface offers.
#ifndef NEEDLETAIL_CROCKSDBDOOR_H
#define NEEDLETAIL_CROCKSDBDOOR_H

#ifdef __cplusplus
extern "C" {
#endif

/// Reads every block of a sorted file, indexes and filters too, and compares each with its checksum.
/// NULL where all are in order; otherwise what is wrong, to be freed with `rocksdb_free`.
char *nt_sorted_file_problem(const char *path);

#ifdef __cplusplus
}
#endif
#endif
