// The bytes of the setup. Embedded by C, because a literal of that size keeps the Swift compiler busy
// for minutes.
#include "CTrustedSetup.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t setup[] = {
#embed "trusted_setup_4096.bin"
};

const uint8_t *nt_trusted_setup(void) { return setup; }

uint32_t nt_trusted_setup_size(void) { return sizeof setup; }
