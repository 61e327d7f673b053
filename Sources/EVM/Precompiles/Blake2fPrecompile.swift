// BLAKE2F, 0x09: the compression function of BLAKE2b (EIP-152).

import Crypto

extension Precompile {
  /// The input: rounds (4 bytes, big-endian), h (64), m (128), t (16), all little-endian words, and
  /// the flag of the last block (1).
  static func blake2f(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    guard input.count == 213, input[212] < 2 else { return false }
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: input.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 24) { words in
      let state = words.baseAddress.unsafelyUnwrapped
      for index in 0..<24 { (state + index).initialize(to: word(4 + 8 * index)) }
      Blake2f.compress(
        rounds: UInt32(bigEndian: input.loadUnaligned(as: UInt32.self)), state: state,
        message: state + 8, offset: (word(196), word(204)), isFinal: input[212] == 1)
      let room = output.resize(to: 64)
      for index in 0..<8 {
        room.storeBytes(of: state[index].littleEndian, toByteOffset: 8 * index, as: UInt64.self)
      }
    }
    return true
  }

  /// The number of rounds, which is the price; nothing for an input that will be refused.
  static func blakeRounds(_ input: UnsafeRawBufferPointer) -> UInt64 {
    input.count == 213 ? UInt64(UInt32(bigEndian: input.loadUnaligned(as: UInt32.self))) : 0
  }
}
