// An account as its leaf holds it.

internal import Crypto
public import Ledger
public import Primitives

/// An account with the root of its storage, in few bytes:
///
///     0   length of the nonce; 0x10 where there is code, 0x20 where there is storage
///     1   length of the balance
///         nonce and balance, big-endian, without leading zeros
///         hash of the code, 32 bytes, where there is code
///         root of the storage, 32 bytes, where there is storage
public struct AccountRecord: BitwiseCopyable, Sendable, Hashable {
  /// The account.
  public var account: Account
  /// The root of its storage.
  public var storageRoot: Hash256

  static let codeMark: UInt8 = 0x10
  static let storageMark: UInt8 = 0x20
  /// No record is longer.
  public static let maximumSize = 2 + 8 + 32 + 32 + 32

  /// A record.
  public init(account: Account, storageRoot: Hash256 = Header.emptyTrieRoot) {
    self.account = account
    self.storageRoot = storageRoot
  }

  /// Whether the account has storage.
  public var hasStorage: Bool { storageRoot != Header.emptyTrieRoot }

  /// Reads a record; nil for what no record is written as.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2, bytes.count <= Self.maximumSize else { return nil }
    let marks = bytes[0]
    let (nonceCount, balanceCount) = (Int(marks & 15), Int(bytes[1]))
    let hashCount = (marks & Self.codeMark == 0 ? 0 : 32) + (marks & Self.storageMark == 0 ? 0 : 32)
    guard marks < 0x40, nonceCount <= 8, balanceCount <= 32,
      bytes.count == 2 + nonceCount + balanceCount + hashCount
    else { return nil }
    let nonce = bytes[2..<2 + nonceCount]
    let balance = bytes[2 + nonceCount..<2 + nonceCount + balanceCount]
    guard nonce.first != 0, balance.first != 0, let balance = UInt256(bigEndian: balance) else {
      return nil
    }
    account = Account(nonce: nonce.reduce(0) { $0 << 8 | UInt64($1) }, balance: balance)
    storageRoot = Header.emptyTrieRoot
    var rest = bytes[(2 + nonceCount + balanceCount)...]
    if marks & Self.codeMark != 0, let hash = Hash256(bytes: rest.prefix(32)) {
      account.codeHash = hash
      rest = rest.dropFirst(32)
      guard account.hasCode else { return nil }
    }
    if marks & Self.storageMark != 0, let root = Hash256(bytes: rest.prefix(32)) {
      storageRoot = root
      guard root != Header.emptyTrieRoot else { return nil }
    }
  }

  /// The record's bytes.
  public var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.maximumSize + 32) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      count = Self.write(
        account, hasStorage: hasStorage, at: UnsafeMutableRawPointer(base))
      if hasStorage {
        storageRoot.store(at: UnsafeMutableRawPointer(base) + (count - 32))
      }
    }
  }

  /// How many bytes `write` will write.
  @inline(__always)
  static func size(of account: Account, hasStorage: Bool) -> Int {
    2 &+ (71 &- account.nonce.leadingZeroBitCount) / 8 &+ account.balance.byteCount
      &+ (account.hasCode ? 32 : 0) &+ (hasStorage ? 32 : 0)
  }

  /// Writes an account, up to 32 bytes more than it takes; answers how many it takes. With storage,
  /// the last 32 are for its root, which is not written.
  static func write(
    _ account: Account, hasStorage: Bool, at bytes: UnsafeMutableRawPointer
  ) -> Int {
    let nonceCount = (71 &- account.nonce.leadingZeroBitCount) / 8
    let balanceCount = account.balance.byteCount
    var marks = UInt8(truncatingIfNeeded: nonceCount)
    if account.hasCode { marks |= Self.codeMark }
    if hasStorage { marks |= Self.storageMark }
    bytes.storeBytes(of: marks, as: UInt8.self)
    bytes.storeBytes(of: UInt8(truncatingIfNeeded: balanceCount), toByteOffset: 1, as: UInt8.self)
    var end = bytes + 2
    if nonceCount > 0 {
      let aligned = account.nonce &<< UInt64(truncatingIfNeeded: 64 &- 8 &* nonceCount)
      end.storeBytes(of: aligned.bigEndian, as: UInt64.self)
      end += nonceCount
    }
    end.storeMinimal(account.balance, count: balanceCount)
    end += balanceCount
    if account.hasCode {
      account.codeHash.store(at: end)
      end += 32
    }
    if hasStorage { end += 32 }
    return end - bytes
  }
}

extension UnsafeMutableRawPointer {
  /// Writes the `count` low bytes of a number, big-endian, and up to 31 bytes of anything after them.
  @inline(__always)
  func storeMinimal(_ number: UInt256, count: Int) {
    (number &<< (256 &- 8 &* count)).storeBigEndian(at: self)
  }
}
