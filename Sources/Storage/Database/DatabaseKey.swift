// The keys of the database.

internal import Primitives
internal import State

/// A key, whose first byte says what kind of thing is found under it:
///
///     A path                 record of a branch of the accounts' trie; one byte a half byte
///     S account path         record of a branch of an account's storage trie
///     a account              account; all accounts are named by the hash of their address
///     b number               where a block's record stands, and its hash
///     c hash                 code
///     h hash                 number of a block
///     i name number          that a block changed something (see `HistoryIndex`)
///     m name                 what the database as a whole is, and where it stands
///     p account slot         the slot whose hash `slot` is
///     s account slot         word of storage, without leading zeros
///     t hash number          places in a block of transactions whose hashes begin with eight bytes
struct DatabaseKey: BitwiseCopyable {
  // The characters first, so that an array of keys is an array of character strings.
  private var characters: InlineArray<129, UInt8>
  private(set) var count: Int

  enum Kind: UInt8 {
    case accountBranch = 0x41
    case storageBranch = 0x53
    case account = 0x61
    case block = 0x62
    case code = 0x63
    case hash = 0x68
    case history = 0x69
    case meta = 0x6d
    case slotKey = 0x70
    case slot = 0x73
    case transaction = 0x74
  }

  /// A key of this kind alone: less than all others of it.
  init(_ kind: Kind) {
    characters = InlineArray(repeating: 0)
    characters[0] = kind.rawValue
    count = 1
  }

  /// A key of this kind with these bytes behind, 128 at most.
  init(_ kind: Kind, _ bytes: UnsafeRawBufferPointer) {
    self.init(kind)
    append(bytes)
  }

  private init(_ kind: Kind, _ hash: Hash256) {
    self.init(kind)
    append(hash)
  }

  private init(_ kind: Kind, _ account: Hash256, _ slot: Hash256) {
    self.init(kind, account)
    append(slot)
  }

  static func account(_ hash: Hash256) -> DatabaseKey { DatabaseKey(.account, hash) }

  static func slot(_ account: Hash256, _ slot: Hash256) -> DatabaseKey {
    DatabaseKey(.slot, account, slot)
  }

  static func slotKey(_ account: Hash256, _ slot: Hash256) -> DatabaseKey {
    DatabaseKey(.slotKey, account, slot)
  }

  static func code(_ hash: Hash256) -> DatabaseKey { DatabaseKey(.code, hash) }

  static func number(ofBlock hash: Hash256) -> DatabaseKey { DatabaseKey(.hash, hash) }

  static func block(_ number: UInt64) -> DatabaseKey {
    var key = DatabaseKey(.block)
    key.append(number)
    return key
  }

  /// Where transactions are found whose hashes begin with `prefix`.
  static func transaction(_ prefix: UInt64) -> DatabaseKey {
    var key = DatabaseKey(.transaction)
    key.append(prefix)
    return key
  }

  static func transaction(_ prefix: UInt64, _ number: UInt64) -> DatabaseKey {
    var key = transaction(prefix)
    key.append(number)
    return key
  }

  /// That block `number` changed what `name` names.
  static func history(_ name: UInt64, _ number: UInt64) -> DatabaseKey {
    var key = DatabaseKey(.history)
    key.append(name)
    key.append(number)
    return key
  }

  /// The block in such a key.
  static func historyBlock(_ key: UnsafeRawBufferPointer) -> UInt64? {
    key.count == 17 ? UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 9, as: UInt64.self)) : nil
  }

  static func meta(_ name: StaticString) -> DatabaseKey {
    var key = DatabaseKey(.meta)
    name.withUTF8Buffer { for byte in $0 { key.append(byte) } }
    return key
  }

  /// The record of a branch.
  static func branch(of trie: TrieName, at path: NibblePath) -> DatabaseKey {
    var key = trie.branches
    key.append(path)
    return key
  }

  mutating func append(_ byte: UInt8) {
    characters[count] = byte
    count += 1
  }

  mutating func append(_ hash: Hash256) {
    append(hash.word.l3)
    append(hash.word.l2)
    append(hash.word.l1)
    append(hash.word.l0)
  }

  mutating func append(_ number: UInt64) {
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) { for byte in bytes { append(byte) } }

  private mutating func append(_ path: NibblePath) {
    for index in 0..<path.count { append(path.nibble(index)) }
  }

  func withCharacters<Result>(_ body: (UnsafePointer<CChar>, Int) -> Result) -> Result {
    withUnsafeBytes(of: self) {
      body($0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self), count)
    }
  }

  /// The least key that is greater than all that begin with this one; nil where there is none.
  var end: DatabaseKey? {
    var key = self
    while key.count > 0 {
      if key.characters[key.count - 1] < 0xff {
        key.characters[key.count - 1] += 1
        return key
      }
      key.count -= 1
    }
    return nil
  }
}

extension TrieName {
  /// What the keys of the trie's leaves begin with.
  var leaves: DatabaseKey {
    guard isStorage else { return DatabaseKey(.account) }
    var key = DatabaseKey(.slot)
    key.append(accountHash)
    return key
  }

  /// The key of a leaf.
  func leaf(_ key: Hash256) -> DatabaseKey {
    var leaf = leaves
    leaf.append(key)
    return leaf
  }

  /// What the keys of the trie's records of branches begin with.
  var branches: DatabaseKey {
    guard isStorage else { return DatabaseKey(.accountBranch) }
    var key = DatabaseKey(.storageBranch)
    key.append(accountHash)
    return key
  }
}

extension NibblePath {
  func nibble(_ index: Int) -> UInt8 {
    let limb =
      switch index / 16 {
      case 0: key.word.l3
      case 1: key.word.l2
      case 2: key.word.l1
      default: key.word.l0
      }
    return UInt8(truncatingIfNeeded: limb >> UInt64(60 - 4 * (index % 16))) & 0x0f
  }
}
