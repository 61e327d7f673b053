// zlib, for the gzip format of answers and of dumped states.
#ifndef NEEDLETAIL_CZLIB_H
#define NEEDLETAIL_CZLIB_H

#include <zlib.h>

// These are macros in zlib.
static inline int nt_z_begin_deflating(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int nt_z_begin_inflating(z_stream *stream) {
  return inflateInit2(stream, 15 + 16);
}

#endif
