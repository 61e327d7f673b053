// Where in a trie of hashed keys something stands.

public import Primitives

/// One of the tries of a state.
public struct TrieName: BitwiseCopyable, Hashable, Sendable {
  /// Whose storage it is; zero for the trie of accounts.
  public let accountHash: Hash256
  /// Whether it is an account's storage.
  public let isStorage: Bool

  /// The trie of accounts.
  public static var accounts: TrieName { TrieName(accountHash: .zero, isStorage: false) }

  /// The storage of the account whose address has this hash.
  public static func storage(ofAccountWithHash hash: Hash256) -> TrieName {
    TrieName(accountHash: hash, isStorage: true)
  }
}

extension TrieName: CustomStringConvertible {
  /// For people.
  public var description: String {
    isStorage ? "the storage of the account with hash \(accountHash)" : "the accounts"
  }
}

/// Up to 64 half bytes, as the keys below one node of a trie begin.
public struct NibblePath: BitwiseCopyable, Hashable, Sendable {
  /// The half bytes, from the highest on; zero after them.
  public let key: Hash256
  /// How many they are.
  public let count: Int

  /// The first `count` half bytes of `key`, at most 64.
  public init(_ key: Hash256, count: Int) {
    precondition((0...64).contains(count), "a key has 64 half bytes")
    self.key = key.prefix(nibbles: count)
    self.count = count
  }

  /// No half bytes: all keys.
  public static var empty: NibblePath { NibblePath(.zero, count: 0) }

  /// Whether `key` begins with these half bytes.
  public func isPrefix(of key: Hash256) -> Bool { self.key.commonNibbles(with: key) >= count }
}

extension NibblePath: CustomStringConvertible {
  /// The half bytes as hexadecimal digits.
  public var description: String { "0x\(key.hex.dropFirst(2).prefix(count))" }
}

extension NibblePath: Comparable {
  /// Order of the half bytes, a path before those that it begins.
  public static func < (a: NibblePath, b: NibblePath) -> Bool {
    a.key == b.key ? a.count < b.count : a.key < b.key
  }
}

extension Hash256 {
  /// Half byte number `index`, the highest first.
  @inline(__always)
  func nibble(_ index: Int) -> Int {
    let limb =
      switch index &>> 4 {
      case 0: word.l3
      case 1: word.l2
      case 2: word.l1
      default: word.l0
      }
    return Int(truncatingIfNeeded: limb &>> UInt64(60 &- (index & 15) &* 4)) & 15
  }

  /// How many half bytes both begin with.
  @inline(__always)
  func commonNibbles(with other: Hash256) -> Int {
    if word.l3 != other.word.l3 { return (word.l3 ^ other.word.l3).leadingZeroBitCount &>> 2 }
    if word.l2 != other.word.l2 { return 16 &+ (word.l2 ^ other.word.l2).leadingZeroBitCount &>> 2 }
    if word.l1 != other.word.l1 { return 32 &+ (word.l1 ^ other.word.l1).leadingZeroBitCount &>> 2 }
    return 48 &+ (word.l0 ^ other.word.l0).leadingZeroBitCount &>> 2
  }

  /// The first `count` half bytes, zero after them.
  func prefix(nibbles count: Int) -> Hash256 {
    count == 64 ? self : Hash256(word & (UInt256.max &<< (256 - 4 * count)))
  }

  /// The first `position` half bytes, then `nibble`, zero after it.
  func prefix(nibbles position: Int, then nibble: Int) -> Hash256 {
    Hash256(
      prefix(nibbles: position).word | (UInt256(UInt64(nibble)) &<< (252 - 4 * position)))
  }
}
