// A C door to simdjson (C++).
#ifndef NEEDLETAIL_CSIMDJSON_H
#define NEEDLETAIL_CSIMDJSON_H
#endif
