// A C door to simdjson (C++): documents, values and cursors over them.
#ifndef NEEDLETAIL_CSIMDJSON_H
#define NEEDLETAIL_CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parsed document; owns everything that values point to.
typedef struct nt_json_document nt_json_document;

/// A place in a document (the image of simdjson's `dom::element`). Valid while the document lives.
typedef struct {
  const void *document;
  size_t index;
} nt_json_value;

/// A walk over the children of an array or an object.
typedef struct {
  nt_json_value position;
  nt_json_value end;
} nt_json_cursor;

/// What `nt_json_parse` answers, in few kinds; the message says more.
typedef enum {
  nt_json_ok = 0,
  nt_json_malformed = 1,
  nt_json_out_of_memory = 2,
  nt_json_too_deep = 3,
  nt_json_bad_number = 4,
} nt_json_status;

/// Parses `count` bytes, which are copied. On success `*document` must be freed.
nt_json_status nt_json_parse(
    const uint8_t *bytes, size_t count, size_t maximum_depth, nt_json_document **document,
    const char **message);
void nt_json_free(nt_json_document *document);
nt_json_value nt_json_root(const nt_json_document *document);

/// '{', '[', '"', 'l' (signed), 'u' (unsigned), 'd' (double), 't', 'f' or 'n'.
char nt_json_kind(nt_json_value value);
/// The text of a string (UTF-8, may hold NUL); false for any other value.
bool nt_json_string(nt_json_value value, const uint8_t **text, size_t *count);
bool nt_json_uint64(nt_json_value value, uint64_t *number);
bool nt_json_int64(nt_json_value value, int64_t *number);
bool nt_json_double(nt_json_value value, double *number);

/// Finds the member `key` of an object: how many there are (0, 1, or 2 for more than one).
int nt_json_find(nt_json_value object, const uint8_t *key, size_t count, nt_json_value *value);

/// A cursor before the first child; empty for a value without children.
nt_json_cursor nt_json_children(nt_json_value value);
bool nt_json_next_element(nt_json_cursor *cursor, nt_json_value *value);
bool nt_json_next_member(
    nt_json_cursor *cursor, const uint8_t **key, size_t *count, nt_json_value *value);

#ifdef __cplusplus
}
#endif
#endif
