// zlib, in whose gzip format states are dumped.
#ifndef NEEDLETAIL_CZLIB_H
#define NEEDLETAIL_CZLIB_H

#include <zlib.h>

// These are macros in zlib.
static inline int nt_z_begin_deflating(z_stream *stream) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int nt_z_begin_inflating(z_stream *stream) {
  return inflateInit2(stream, 15 + 16);
}

#endif
