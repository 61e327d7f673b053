// What mainnet's accounts had in its first block, a constant of the protocol, as bytes of the program.
#ifndef NEEDLETAIL_CMAINNETGENESIS_H
#define NEEDLETAIL_CMAINNETGENESIS_H

#include <stdint.h>

/// 8,893 accounts by rising address: 20 bytes of the address, 11 of the balance in wei, the most significant
/// first. Nothing stands between them.
///
/// The numbers of `src/ethereum/assets/mainnet.json` of github.com/ethereum/execution-specs, which is in the
/// public domain (CC0-1.0). With them the block has the hash that all of mainnet goes back to.
const uint8_t *nt_mainnet_allocations(void);

/// The number of bytes.
uint32_t nt_mainnet_allocations_size(void);

#endif
