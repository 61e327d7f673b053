// Room on disk (fallocate).
#define _GNU_SOURCE
#include "CFiles.h"

#include <errno.h>
#include <fcntl.h>

int nt_file_reserve(int descriptor, int64_t size) {
#if defined(__linux__)
  return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, size) == 0 ? 0 : errno;
#else
  return ENOTSUP;
#endif
}

int nt_file_punch(int descriptor, int64_t offset, int64_t size) {
#if defined(__linux__)
  int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  return fallocate(descriptor, mode, offset, size) == 0 ? 0 : errno;
#else
  return ENOTSUP;
#endif
}
