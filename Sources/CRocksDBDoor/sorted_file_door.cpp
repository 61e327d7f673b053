// The door's other side.
#include "CRocksDBDoor.h"

#include <cstring>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>

extern "C" char *nt_sorted_file_problem(const char *path) {
  rocksdb::BlockBasedTableOptions table;
  table.no_block_cache = true;
  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  rocksdb::SstFileReader reader(options);
  rocksdb::ReadOptions read;
  read.readahead_size = 2 << 20;
  rocksdb::Status status = reader.Open(path);
  if (status.ok()) status = reader.VerifyChecksum(read);
  return status.ok() ? nullptr : strdup(status.ToString().c_str());
}
