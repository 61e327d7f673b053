// The outcome of Ethereum's KZG ceremony, a constant of the protocol (EIP-4844), as bytes of the program.
#ifndef NEEDLETAIL_CTRUSTEDSETUP_H
#define NEEDLETAIL_CTRUSTEDSETUP_H

#include <stdint.h>

/// The compressed points, without anything between them: 4096 in G1, the Lagrange form (48 bytes each);
/// 65 in G2, the monomial form (96 bytes each); 4096 in G1, the monomial form.
///
/// The numbers of `presets/mainnet/trusted_setups/trusted_setup_4096.json` of
/// github.com/ethereum/consensus-specs, which is in the public domain (CC0-1.0).
const uint8_t *nt_trusted_setup(void);

/// The number of bytes.
uint32_t nt_trusted_setup_size(void);

#endif
