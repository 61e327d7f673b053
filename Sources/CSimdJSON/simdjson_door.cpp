// The door's other side: plain structs are bit images of simdjson's handles, all of them one
// (document, tape index) pair.
#include "CSimdJSON.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#include <type_traits>

namespace dom = simdjson::dom;

struct nt_json_document {
  dom::document document;
  dom::element root;
};

namespace {

template <typename Handle>
nt_json_value image(const Handle &handle) {
  static_assert(sizeof(Handle) == sizeof(nt_json_value), "handle is a pointer and an index");
  static_assert(std::is_trivially_copyable<Handle>::value, "handle may be copied as bytes");
  nt_json_value value;
  std::memcpy(&value, &handle, sizeof value);
  return value;
}

template <typename Handle>
Handle handle(const nt_json_value &value) {
  static_assert(sizeof(Handle) == sizeof(nt_json_value), "handle is a pointer and an index");
  static_assert(std::is_trivially_copyable<Handle>::value, "handle may be copied as bytes");
  Handle handle;
  std::memcpy(static_cast<void *>(&handle), &value, sizeof value);
  return handle;
}

nt_json_status status_of(simdjson::error_code code) {
  switch (code) {
  case simdjson::SUCCESS: return nt_json_ok;
  case simdjson::MEMALLOC:
  case simdjson::CAPACITY: return nt_json_out_of_memory;
  case simdjson::DEPTH_ERROR: return nt_json_too_deep;
  case simdjson::NUMBER_ERROR: return nt_json_bad_number;
  default: return nt_json_malformed;
  }
}

}  // namespace

extern "C" {

nt_json_status nt_json_parse(
    const uint8_t *bytes, size_t count, size_t maximum_depth, nt_json_document **document,
    const char **message) {
  *document = nullptr;
  auto *owner = new (std::nothrow) nt_json_document();
  if (owner == nullptr) {
    *message = "out of memory";
    return nt_json_out_of_memory;
  }
  dom::parser parser;
  auto code = parser.allocate(count < 64 ? 64 : count, maximum_depth);
  if (code == simdjson::SUCCESS) {
    code = parser.parse_into_document(owner->document, bytes, count, true).get(owner->root);
  }
  if (code != simdjson::SUCCESS) {
    delete owner;
    *message = simdjson::error_message(code);
    return status_of(code);
  }
  *document = owner;
  return nt_json_ok;
}

void nt_json_free(nt_json_document *document) { delete document; }

nt_json_value nt_json_root(const nt_json_document *document) { return image(document->root); }

char nt_json_kind(nt_json_value value) {
  auto element = handle<dom::element>(value);
  switch (element.type()) {
  case dom::element_type::ARRAY: return '[';
  case dom::element_type::OBJECT: return '{';
  case dom::element_type::INT64: return 'l';
  case dom::element_type::UINT64: return 'u';
  case dom::element_type::DOUBLE: return 'd';
  case dom::element_type::STRING: return '"';
  case dom::element_type::BOOL: return bool(element) ? 't' : 'f';
  case dom::element_type::NULL_VALUE: return 'n';
  }
  return 'n';
}

bool nt_json_string(nt_json_value value, const uint8_t **text, size_t *count) {
  std::string_view view;
  if (handle<dom::element>(value).get_string().get(view) != simdjson::SUCCESS) return false;
  *text = reinterpret_cast<const uint8_t *>(view.data());
  *count = view.size();
  return true;
}

bool nt_json_uint64(nt_json_value value, uint64_t *number) {
  return handle<dom::element>(value).get_uint64().get(*number) == simdjson::SUCCESS;
}

bool nt_json_int64(nt_json_value value, int64_t *number) {
  return handle<dom::element>(value).get_int64().get(*number) == simdjson::SUCCESS;
}

bool nt_json_double(nt_json_value value, double *number) {
  return handle<dom::element>(value).get_double().get(*number) == simdjson::SUCCESS;
}

int nt_json_find(nt_json_value object, const uint8_t *key, size_t count, nt_json_value *value) {
  dom::object members;
  if (handle<dom::element>(object).get_object().get(members) != simdjson::SUCCESS) return 0;
  const std::string_view wanted(reinterpret_cast<const char *>(key), count);
  int found = 0;
  for (auto member : members) {
    if (member.key != wanted) continue;
    if (found == 1) return 2;
    *value = image(member.value);
    found = 1;
  }
  return found;
}

nt_json_cursor nt_json_children(nt_json_value value) {
  auto element = handle<dom::element>(value);
  dom::array array;
  dom::object object;
  if (element.get_array().get(array) == simdjson::SUCCESS) {
    return {image(array.begin()), image(array.end())};
  }
  if (element.get_object().get(object) == simdjson::SUCCESS) {
    return {image(object.begin()), image(object.end())};
  }
  return {value, value};
}

bool nt_json_next_element(nt_json_cursor *cursor, nt_json_value *value) {
  if (cursor->position.index >= cursor->end.index) return false;
  auto iterator = handle<dom::array::iterator>(cursor->position);
  *value = image(*iterator);
  ++iterator;
  cursor->position = image(iterator);
  return true;
}

bool nt_json_next_member(
    nt_json_cursor *cursor, const uint8_t **key, size_t *count, nt_json_value *value) {
  if (cursor->position.index >= cursor->end.index) return false;
  auto iterator = handle<dom::object::iterator>(cursor->position);
  auto name = iterator.key();
  *key = reinterpret_cast<const uint8_t *>(name.data());
  *count = name.size();
  *value = image(iterator.value());
  ++iterator;
  cursor->position = image(iterator);
  return true;
}

}  // extern "C"
