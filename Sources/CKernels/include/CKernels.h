// What Swift cannot say, or says with more instructions: 128-by-64-bit division, 256-bit comparison,
// prefetching, Keccak over vectors (CKeccak.h).
// Every kernel has a portable twin.
#ifndef NEEDLETAIL_CKERNELS_H
#define NEEDLETAIL_CKERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "CFibers.h"
#include "CFiles.h"
#include "CKeccak.h"

/// Quotient of (high·2^64 + low) / divisor, remainder through the pointer. Requires high < divisor.
/// Swift's `dividingFullWidth` calls a library routine; one `div` instruction is 20 % faster.
static inline uint64_t nt_divide_128_by_64(
    uint64_t high, uint64_t low, uint64_t divisor, uint64_t *remainder) {
#if defined(__x86_64__)
  uint64_t quotient, rest;
  __asm__("divq %[d]" : "=a"(quotient), "=d"(rest) : [d] "r"(divisor), "a"(low), "d"(high) : "cc");
  *remainder = rest;
  return quotient;
#else
  unsigned __int128 dividend = ((unsigned __int128)high << 64) | low;
  *remainder = (uint64_t)(dividend % divisor);
  return (uint64_t)(dividend / divisor);
#endif
}

/// a < b for 256-bit numbers given as limbs, lowest first. The wide integer type, where the compiler
/// has it, is what makes it emit a plain chain of borrows.
static inline bool nt_less_than_256(
    uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
    uint64_t b0, uint64_t b1, uint64_t b2, uint64_t b3) {
#if defined(__BITINT_MAXWIDTH__) && __BITINT_MAXWIDTH__ >= 256
  typedef unsigned _BitInt(256) nt_word;
  nt_word a = (nt_word)a3 << 192 | (nt_word)a2 << 128 | (nt_word)a1 << 64 | a0;
  nt_word b = (nt_word)b3 << 192 | (nt_word)b2 << 128 | (nt_word)b1 << 64 | b0;
  return a < b;
#else
  unsigned __int128 a_high = (unsigned __int128)a3 << 64 | a2, a_low = (unsigned __int128)a1 << 64 | a0;
  unsigned __int128 b_high = (unsigned __int128)b3 << 64 | b2, b_low = (unsigned __int128)b1 << 64 | b0;
  return a_high < b_high || (a_high == b_high && a_low < b_low);
#endif
}

/// The same number, forced through a general register. Stack words that were written limb by limb
/// must not be read back as one vector right away: the processor cannot forward such stores and
/// stalls. This keeps the compiler from merging the reads.
static inline uint64_t nt_in_register(uint64_t value) {
#if defined(__x86_64__)
  __asm__("" : "+r"(value));
#endif
  return value;
}

/// Asks for the cache line at `address`, which may be any number: nothing happens if it is none.
static inline void nt_prefetch(const void *address) { __builtin_prefetch(address); }

/// The same for a line that will be written.
static inline void nt_prefetch_for_writing(const void *address) { __builtin_prefetch(address, 1); }

#endif
