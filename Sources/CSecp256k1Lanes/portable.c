// Recovery on eight lanes in plain C: the text of avx512.c, for every processor.
#include "CSecp256k1Lanes.h"
#include "vector_portable.h"

#include "field_52.h"
#include "recovery_steps.h"

const nt_lanes *nt_lanes_portable(void) {
  static const nt_lanes lanes = {"portable", LANES * INTERLEAVED, false, scratch_size, recover};
  return &lanes;
}
