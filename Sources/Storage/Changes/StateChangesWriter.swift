// Writes the changes of a block, account by account.

internal import Ledger
internal import Primitives
internal import State

/// The bits of the first byte of an account's part.
enum AccountFlag {
  static let existedBefore: UInt8 = 1
  static let existsAfter: UInt8 = 2
  /// The account is what it was; only slots changed.
  static let isUnchanged: UInt8 = 4
}

/// Puts together what `StateChanges` holds.
struct StateChangesWriter: ~Copyable {
  private var buffer: ByteBuffer
  private let accountCount: Int
  private var written = 0
  /// Where the next slot's key and its words' lengthOffset go.
  private var keyOffset = 0
  private var lengthOffset = 0

  static let headerSize = 16

  /// A writer of changes of so many accounts.
  init(accountCount: Int, slotCount: Int) {
    self.accountCount = accountCount
    buffer = ByteBuffer(capacity: 1024 + accountCount * 160 + slotCount * 64)
    buffer.append(UInt32(truncatingIfNeeded: accountCount))
    buffer.append(UInt64(0))
    buffer.append(UInt32(truncatingIfNeeded: slotCount))
    _ = buffer.extend(by: accountCount * 24)
  }

  /// Begins the next account, by rising address, with `slotCount` slots to come.
  mutating func begin(
    _ address: Address, before: Account?, after: Account?, slotCount: Int
  ) {
    buffer.set(address, at: Self.headerSize + 20 * written)
    buffer.set(
      UInt32(truncatingIfNeeded: buffer.count),
      at: Self.headerSize + 20 * accountCount + 4 * written)
    written += 1
    let isUnchanged = before != nil && before == after
    buffer.append(
      (before == nil ? 0 : AccountFlag.existedBefore) | (after == nil ? 0 : AccountFlag.existsAfter)
        | (isUnchanged ? AccountFlag.isUnchanged : 0))
    if let before { append(before) }
    if let after, !isUnchanged { append(after) }
    buffer.append(varint: UInt64(slotCount))
    keyOffset = buffer.count
    lengthOffset = keyOffset + 32 * slotCount
    _ = buffer.extend(by: 34 * slotCount)
  }

  /// The next slot of the account, by rising slot.
  @inline(__always)
  mutating func append(_ slot: UInt256, before: UInt256, after: UInt256) {
    buffer.set(slot, at: keyOffset)
    keyOffset += 32
    let counts = (before.byteCount, after.byteCount)
    buffer.set(UInt16(counts.0 | counts.1 << 8), at: lengthOffset)
    lengthOffset += 2
    buffer.append(before, count: counts.0)
    buffer.append(after, count: counts.1)
  }

  private mutating func append(_ account: Account) {
    let nonceCount = UInt256(account.nonce).byteCount
    let balanceCount = account.balance.byteCount
    buffer.append(UInt8(nonceCount | (account.hasCode ? 0x80 : 0)))
    buffer.append(UInt8(balanceCount))
    buffer.append(UInt256(account.nonce), count: nonceCount)
    buffer.append(account.balance, count: balanceCount)
    if account.hasCode { buffer.append(account.codeHash) }
  }

  /// The changes, with the codes that came with them.
  consuming func finish(codes: [Code]) -> StateChanges {
    buffer.set(UInt32(truncatingIfNeeded: buffer.count), at: 4)
    buffer.set(UInt32(truncatingIfNeeded: codes.count), at: 8)
    for code in codes {
      buffer.append(code.hash)
      buffer.append(UInt32(truncatingIfNeeded: code.reference.count))
      buffer.append(UnsafeRawBufferPointer(code.reference.buffer))
    }
    return StateChanges(SharedBytes(buffer))
  }
}

extension ByteBuffer {
  fileprivate mutating func set(_ address: Address, at offset: Int) {
    address.store(at: place(offset))
  }

  fileprivate mutating func set(_ word: UInt256, at offset: Int) {
    word.storeBigEndian(at: place(offset))
  }
}
