// What the process says when C++ ends it, of whose exceptions Swift knows nothing.
#ifndef NEEDLETAIL_CLASTWORDS_H
#define NEEDLETAIL_CLASTWORDS_H

#ifdef __cplusplus
extern "C" {
#endif

/// From now on an exception that nobody catches because memory or threads are refused, as RocksDB's
/// threads throw it, ends the process with a line on standard error and status 2. Any other ends it as
/// before: it is a mistake.
void nt_tell_what_is_missing(void);

#ifdef __cplusplus
}
#endif

#endif
