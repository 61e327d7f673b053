// Keccak-512, the hash that Ethash is made of.

/// Keccak-512 with the padding of the original submission (not SHA3-512), of inputs of up to 64 bytes:
/// Ethash needs no longer ones, and they fit one block of 72.
struct Keccak512: ~Copyable {
  /// The 25 lanes of the state.
  private let state: UnsafeMutablePointer<UInt64>

  /// A hasher, to be used again and again.
  init() {
    state = .allocate(capacity: 25)
    state.initialize(repeating: 0, count: 25)
  }

  deinit { state.deallocate() }

  /// The hash of the 64 bytes of `row`.
  mutating func hash(_ row: EthashRow) -> EthashRow {
    for lane in 0..<8 {
      state[lane] = UInt64(row[2 * lane]) | UInt64(row[2 * lane + 1]) << 32
    }
    return finish(lanes: 8)
  }

  /// The hash of the little-endian bytes of up to eight `lanes`.
  mutating func hash(lanes: [UInt64]) -> EthashRow {
    precondition(lanes.count <= 8, "the input fits one block")
    for (index, lane) in lanes.enumerated() { state[index] = lane }
    return finish(lanes: lanes.count)
  }

  /// Pads after `lanes` lanes, permutes and reads the hash.
  private mutating func finish(lanes: Int) -> EthashRow {
    for lane in lanes..<25 { state[lane] = 0 }
    state[lanes] ^= 1
    state[8] ^= 1 << 63
    KeccakPermutation.apply(to: state)
    var row = EthashRow()
    for lane in 0..<8 {
      row[2 * lane] = UInt32(truncatingIfNeeded: state[lane])
      row[2 * lane + 1] = UInt32(truncatingIfNeeded: state[lane] >> 32)
    }
    return row
  }
}
