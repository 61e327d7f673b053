// Changes of leaves, sorted by key, as tries take them.

internal import Primitives

/// What becomes of one leaf.
struct LeafChange: BitwiseCopyable {
  /// Where its value stands.
  enum Value: UInt8 {
    /// The leaf goes.
    case none
    /// With the words or accounts of the block.
    case item
    /// In the leaf that is there already.
    case existing
  }

  var key: Hash256
  /// Number of the word or account.
  var item: UInt32 = 0
  /// The leaf with this key that is there already.
  var existing: NodeIndex = 0
  var value: Value
}

/// Changes by rising key, each key once.
typealias LeafChanges = UnsafeMutableBufferPointer<LeafChange>

extension LeafChanges {
  @inline(__always)
  func part(_ start: Int, _ end: Int) -> LeafChanges {
    LeafChanges(start: baseAddress.unsafelyUnwrapped + start, count: end &- start)
  }

  /// Where the changes end that have the same half byte `position` as change `start`.
  @inline(__always)
  func endOfGroup(_ start: Int, at position: Int) -> Int {
    let choice = self[start].key.nibble(position)
    var end = start &+ 1
    while end < count && self[end].key.nibble(position) == choice { end &+= 1 }
    return end
  }

  /// The changes that `keep` wants, moved together to the front; anything may stand behind them then.
  func movingTogether(_ keep: (LeafChange) -> Bool) -> LeafChanges {
    var kept = 0
    for index in 0..<count where keep(self[index]) {
      if kept < index { self[kept] = self[index] }
      kept += 1
    }
    return LeafChanges(rebasing: self[..<kept])
  }
}

/// An account as a block leaves it.
struct AccountItem: BitwiseCopyable {
  var account = Account()
  /// Whether its storage from before is gone.
  var wipesStorage = false
  /// Its changes of slots, among all of the block.
  var firstSlot: UInt32 = 0
  var slotCount: UInt32 = 0
  /// Its leaf, once the trie of accounts has it.
  var leaf: NodeIndex = 0
}
