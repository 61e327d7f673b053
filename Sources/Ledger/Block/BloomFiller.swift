// The filters of many receipts, with their entries hashed several at a time.

import Crypto
import Primitives

/// Fills in the filters of receipts.
///
/// Contracts and topics that come again and again are remembered: each place of the table keeps the
/// last entry that fell on it, whole, so that an answer is always right. Topics that are not known wait
/// until there are enough of them to fill the lanes of the processor. For one thread.
public struct BloomFiller: ~Copyable {
  /// An entry of a filter.
  private struct Known: BitwiseCopyable {
    var entry = UInt256.zero
    /// How many bytes are hashed; zero in a fresh place, which thus answers nothing.
    var count: UInt64 = 0
    /// The first bytes of the hash.
    var hashPrefix: UInt64 = 0
  }

  private static let indexBits: UInt64 = 8
  /// How many topics are hashed at a time.
  private static let waitingAtMost = 64

  private let known: UnsafeMutablePointer<Known>
  /// Topics to be hashed, the receipts that they belong to, and room for their hashes.
  private let topics: UnsafeMutableBufferPointer<UInt256>
  private let owners: UnsafeMutableBufferPointer<UnsafeMutablePointer<Receipt>>
  private let hashes: UnsafeMutableBufferPointer<Hash256>
  private var waiting = 0

  /// One that remembers nothing.
  public init() {
    known = .allocate(capacity: 1 << Int(Self.indexBits))
    known.initialize(repeating: Known(), count: 1 << Int(Self.indexBits))
    topics = .allocate(capacity: Self.waitingAtMost)
    owners = .allocate(capacity: Self.waitingAtMost)
    hashes = .allocate(capacity: Self.waitingAtMost)
    hashes.initialize(repeating: .zero)
  }

  deinit {
    known.deallocate()
    topics.deallocate()
    owners.deallocate()
    hashes.deallocate()
  }

  /// Puts the entries of all logs of each receipt into its filter, and into `union`.
  public mutating func fill(
    _ receipts: UnsafeMutableBufferPointer<Receipt>, addingTo union: inout Bloom
  ) {
    guard let first = receipts.baseAddress else { return }
    for index in receipts.indices { gather(first + index) }
    hashTopics()
    for index in receipts.indices where !(first + index).pointee.logs.isEmpty {
      union.formUnion((first + index).pointee.bloom)
    }
  }

  private mutating func gather(_ receipt: UnsafeMutablePointer<Receipt>) {
    // Through pointers, so that no array is counted as shared meanwhile.
    receipt.pointee.logs.withUnsafeBufferPointer { logs in
      for index in logs.indices {
        insert(logs[index].address, receipt)
        logs[index].topics.withUnsafeBufferPointer { topics in
          for topic in topics { insert(topic: topic.word, receipt) }
        }
      }
    }
  }

  private func insert(_ address: Address, _ receipt: UnsafeMutablePointer<Receipt>) {
    let place = place(of: address.word)
    if place.pointee.entry != address.word || place.pointee.count != 20 {
      place.pointee = Known(
        entry: address.word, count: 20, hashPrefix: Keccak256.hash(address).word.l3)
    }
    receipt.pointee.bloom.insert(BloomEntry(hashPrefix: place.pointee.hashPrefix))
  }

  private mutating func insert(topic: UInt256, _ receipt: UnsafeMutablePointer<Receipt>) {
    let place = place(of: topic)
    if place.pointee.entry == topic && place.pointee.count == 32 {
      return receipt.pointee.bloom.insert(BloomEntry(hashPrefix: place.pointee.hashPrefix))
    }
    if waiting == Self.waitingAtMost { hashTopics() }
    topics.initializeElement(at: waiting, to: topic)
    owners.initializeElement(at: waiting, to: receipt)
    waiting += 1
  }

  private mutating func hashTopics() {
    Keccak256.hash(
      UnsafeBufferPointer(rebasing: topics[..<waiting]),
      into: UnsafeMutableBufferPointer(rebasing: hashes[..<waiting]))
    for index in 0..<waiting {
      let prefix = hashes[index].word.l3
      owners[index].pointee.bloom.insert(BloomEntry(hashPrefix: prefix))
      place(of: topics[index]).pointee = Known(entry: topics[index], count: 32, hashPrefix: prefix)
    }
    waiting = 0
  }

  /// Where an entry is remembered; every bit of it has a say.
  private func place(of entry: UInt256) -> UnsafeMutablePointer<Known> {
    var mixed = entry.l0 &* 0x9e37_79b9_7f4a_7c15 ^ entry.l1 &* 0xbf58_476d_1ce4_e5b9
    mixed ^= entry.l2 &* 0x94d0_49bb_1331_11eb ^ entry.l3 &* 0xd6e8_feb8_6659_fd93
    mixed ^= mixed &>> 32
    let index = (mixed &* 0x9e37_79b9_7f4a_7c15) &>> (64 - Self.indexBits)
    return known + Int(truncatingIfNeeded: index)
  }
}
