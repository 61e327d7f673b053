// What a store has to be told.

public import Primitives

/// What became of leaves and branches since the last taking, in the order in which a sorted file has
/// them. A value is nil for what is gone.
public struct TrieChanges: Sendable {
  /// Accounts whose storage was removed as a whole, by rising hash: before anything else that is told of
  /// their storage here.
  public let wipedStorages: [Hash256]
  /// By rising keys, none of a later part below one of an earlier.
  let parts: [Part]

  /// No changes.
  public static var none: TrieChanges { TrieChanges(wipedStorages: [], parts: []) }

  /// The changes below one choice of the top.
  struct Part: Sendable {
    var accounts = ChangeList(keySize: 32)
    var slots = ChangeList(keySize: 64)
    /// Keys are 32 bytes of half bytes and one that counts them.
    var accountBranches = ChangeList(keySize: 33)
    var storageBranches = ChangeList(keySize: 65)
  }

  /// Calls `body` with each changed account: its key's 32 bytes, and its `AccountRecord`.
  public func forEachAccount<Failure: Error>(
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws(Failure) ->
      Void
  ) throws(Failure) {
    for part in parts { try part.accounts.forEach(body) }
  }

  /// Calls `body` with each changed slot: the 64 bytes of the account's key and its own, and its word
  /// without leading zeros.
  public func forEachSlot<Failure: Error>(
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws(Failure) ->
      Void
  ) throws(Failure) {
    for part in parts { try part.slots.forEach(body) }
  }

  /// Calls `body` with each changed record of the accounts' trie.
  public func forEachAccountBranch<Failure: Error>(
    _ body: (_ path: NibblePath, _ record: UnsafeRawBufferPointer?) throws(Failure) -> Void
  ) throws(Failure) {
    for part in parts {
      try part.accountBranches.forEach { (key, record) throws(Failure) in
        try body(NibblePath(storedAt: key, 0), record)
      }
    }
  }

  /// Calls `body` with each changed record of the tries of storage.
  public func forEachStorageBranch<Failure: Error>(
    _ body: (_ accountHash: Hash256, _ path: NibblePath, _ record: UnsafeRawBufferPointer?)
      throws(Failure) -> Void
  ) throws(Failure) {
    for part in parts {
      try part.storageBranches.forEach { (key, record) throws(Failure) in
        guard let base = key.baseAddress else { return }
        try body(Hash256(bytesAt: base), NibblePath(storedAt: key, 32), record)
      }
    }
  }

  /// How many changes there are.
  public var count: Int {
    parts.reduce(wipedStorages.count) {
      $0 + $1.accounts.count + $1.slots.count + $1.accountBranches.count
        + $1.storageBranches.count
    }
  }

  /// Bytes that they take here.
  public var byteCount: Int {
    parts.reduce(32 * wipedStorages.count) {
      $0 + $1.accounts.byteCount + $1.slots.byteCount + $1.accountBranches.byteCount
        + $1.storageBranches.byteCount
    }
  }
}

extension NibblePath {
  /// The path whose half bytes and their number stand at `offset` of `key`.
  fileprivate init(storedAt key: UnsafeRawBufferPointer, _ offset: Int) {
    guard let base = key.baseAddress else {
      self = .empty
      return
    }
    self.init(Hash256(bytesAt: base + offset), count: Int(key[offset + 32]))
  }
}

/// Keys of one size with their values, one after the other: the key, the length of the value in 16
/// bits, the value.
struct ChangeList: Sendable {
  private static let gone = UInt16.max

  let keySize: Int
  private(set) var count = 0
  private var bytes: [UInt8] = []

  init(keySize: Int) { self.keySize = keySize }

  var byteCount: Int { bytes.count }

  /// Adds a change; the key is greater than all before.
  mutating func append(_ key: UnsafeRawPointer, _ value: UnsafeRawBufferPointer?) {
    count += 1
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: key, count: keySize))
    let size = value.map { UInt16(truncatingIfNeeded: $0.count) } ?? Self.gone
    withUnsafeBytes(of: size) { bytes.append(contentsOf: $0) }
    if let value { bytes.append(contentsOf: value) }
  }

  func forEach<Failure: Error>(
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    bytes.withUnsafeBytes { bytes in
      do throws(Failure) {
        try Self.forEach(in: bytes, keySize, body)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private static func forEach<Failure: Error>(
    in bytes: UnsafeRawBufferPointer, _ keySize: Int,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws(Failure) -> Void
  ) throws(Failure) {
    var place = 0
    while place < bytes.count {
      let size = bytes.loadUnaligned(fromByteOffset: place + keySize, as: UInt16.self)
      let key = UnsafeRawBufferPointer(rebasing: bytes[place..<place + keySize])
      place += keySize + 2
      guard size != gone else {
        try body(key, nil)
        continue
      }
      try body(key, UnsafeRawBufferPointer(rebasing: bytes[place..<place + Int(size)]))
      place += Int(size)
    }
  }
}
