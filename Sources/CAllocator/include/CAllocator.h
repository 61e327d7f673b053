// What the C library's allocator does with memory that is freed, which Swift's own module of that
// library says nothing of.
#ifndef NEEDLETAIL_CALLOCATOR_H
#define NEEDLETAIL_CALLOCATOR_H

#include <stddef.h>

/// Lets each of the allocator's arenas keep up to `bytes` of freed memory at its end. A block takes
/// megabytes and gives them back, again and again; the system clears each page anew that it hands
/// out, one fault at a time. Where the C library is not glibc, nothing happens.
void nt_keep_freed_memory(size_t bytes);

/// Gives all freed memory back to the system. Where the C library is not glibc, nothing happens.
void nt_give_back_freed_memory(void);

#endif
