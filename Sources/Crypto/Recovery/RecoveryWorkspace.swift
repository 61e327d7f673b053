// The memory in which a batch of keys is recovered, and the steps around the lanes.

internal import CSecp256k1Lanes
internal import Primitives

/// Room for one batch, used for one after another.
struct RecoveryWorkspace: ~Copyable {
  /// The most signatures of a batch: more do not pay, and their tables would leave the caches.
  static let maximumCount = 256
  /// Fewer signatures than this are recovered one at a time: they would pay for empty lanes, and for
  /// inversions that nobody shares.
  static let worthwhileCount = 4

  private let lanes: UnsafePointer<nt_lanes>
  private let comb: UnsafePointer<UInt64>
  /// Room for signatures, rounded up to full lanes.
  private let capacity: Int
  private let inputs: UnsafeMutablePointer<nt_lane_input>
  /// 64 bytes a key.
  private let keys: UnsafeMutableRawBufferPointer
  private let hashes: UnsafeMutablePointer<Hash256>
  private let statuses: UnsafeMutablePointer<UInt8>
  /// Where the signatures of the inputs stand in the batch.
  private let places: UnsafeMutablePointer<Int>
  /// The signatures' r, then the inverses of them, and as much room again.
  private let inverses: UnsafeMutablePointer<UInt256>
  private let scratch: UnsafeMutableRawPointer

  /// Room for `count` signatures.
  init(
    lanes: UnsafePointer<nt_lanes>, comb: UnsafePointer<UInt64>, count: Int
  ) {
    self.lanes = lanes
    self.comb = comb
    let group = lanes.pointee.group
    capacity = (count + group - 1) / group * group
    inputs = .allocate(capacity: capacity)
    keys = .allocate(byteCount: 64 * capacity, alignment: 64)
    hashes = .allocate(capacity: capacity)
    statuses = .allocate(capacity: capacity)
    places = .allocate(capacity: capacity)
    inverses = .allocate(capacity: 2 * capacity)
    scratch = .allocate(byteCount: lanes.pointee.scratch_size(capacity), alignment: 64)
  }

  deinit {
    inputs.deallocate()
    keys.deallocate()
    hashes.deallocate()
    statuses.deallocate()
    places.deallocate()
    inverses.deallocate()
    scratch.deallocate()
  }

  /// Recovers a batch that there is room for.
  mutating func recover(
    _ signatures: UnsafeBufferPointer<RecoverableHash>,
    into addresses: UnsafeMutableBufferPointer<Address?>
  ) {
    let count = prepare(signatures, addresses)
    guard count > 0 else { return }
    var filled = count
    while filled % lanes.pointee.group != 0 {  // Lanes that are left repeat the first signature.
      inputs[filled] = inputs[0]
      filled += 1
    }
    lanes.pointee.recover(
      inputs, filled, comb, scratch, keys.baseAddress?.assumingMemoryBound(to: UInt8.self), statuses
    )
    Keccak256.hash(
      pairsOfWords: UnsafeRawBufferPointer(rebasing: keys[..<(64 * count)]),
      into: UnsafeMutableBufferPointer(start: hashes, count: count))
    for index in 0..<count {
      let place = places[index]
      switch nt_lane_status(UInt32(statuses[index])) {
      case NT_LANE_RECOVERED:
        addresses[place] = Address(truncating: hashes[index].word)
      case NT_LANE_NO_POINT: addresses[place] = nil
      default: addresses[place] = Secp256k1.recover(signatures[place])
      }
    }
  }

  /// Writes the inputs of the lanes, and nil for signatures that are out of range. How many inputs.
  private mutating func prepare(
    _ signatures: UnsafeBufferPointer<RecoverableHash>,
    _ addresses: UnsafeMutableBufferPointer<Address?>
  ) -> Int {
    let order = MontgomeryModulus.order
    var count = 0
    for (place, signature) in signatures.enumerated() {
      guard
        signature.yParity < 2, !signature.r.isZero, signature.r < order.value,
        !signature.s.isZero, signature.s < order.value
      else {
        addresses[place] = nil
        continue
      }
      places[count] = place
      inverses[count] = signature.r
      count += 1
    }
    let room = UnsafeMutableBufferPointer(start: inverses, count: count)
    order.invertAll(
      room, scratch: UnsafeMutableBufferPointer(start: inverses + capacity, count: count),
      scale: order.rSquared)
    for index in 0..<count {
      let signature = signatures[places[index]]
      inputs[index] = RecoveryScalars(signature, inverseOfR: room[index]).laneInput(signature)
    }
    return count
  }
}
