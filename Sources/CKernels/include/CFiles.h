// Room on disk: calls of Linux that the system's Swift module does not offer.
#ifndef NEEDLETAIL_CFILES_H
#define NEEDLETAIL_CFILES_H

#include <stdint.h>

/// Gives the first `size` bytes of a file room on the disk and leaves its size as it is: 0, or an error
/// number. Does nothing where the system has no such call.
int nt_file_reserve(int descriptor, int64_t size);

/// Gives the room of a range back; it reads as zeros afterwards: 0, or an error number.
int nt_file_punch(int descriptor, int64_t offset, int64_t size);

#endif
