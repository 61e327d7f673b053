// The bytes of the allocations. Embedded by C, because a literal of that size keeps the Swift compiler
// busy for minutes.
#include "CMainnetGenesis.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t allocations[] = {
#embed "mainnet_allocations.bin"
};

const uint8_t *nt_mainnet_allocations(void) { return allocations; }

uint32_t nt_mainnet_allocations_size(void) { return sizeof allocations; }
