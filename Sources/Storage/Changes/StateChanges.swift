// What a block changed in the state, with what stood there before.

internal import Ledger
internal import Primitives
public import State

/// The changes of one block, both ways: made by `Store.advance`, kept in the block's record, undone by
/// `Store.retreat`. Held in the form in which it is written.
///
///     number of accounts (4), where codes begin (4), number of codes (4), number of slots (4)
///     addresses, rising (20 each)
///     where each account's part begins (4 each)
///     parts: flags; account before; account after; slots: number, keys (32 each), lengths of words
///            before and after (1 + 1 each), words
///     codes: hash (32), length (4), bytes
///
/// Addresses and slots stand together, so that one can be found without reading the rest.
public struct StateChanges: Sendable {
  let bytes: SharedBytes

  /// How many bytes the changes take.
  public var byteCount: Int { bytes.buffer.count }

  init(_ bytes: SharedBytes) { self.bytes = bytes }

  /// How many accounts changed.
  public var accountCount: Int {
    var reader = ByteReader(bytes.buffer)
    return reader.integer(UInt32.self).map(Int.init) ?? 0
  }

  /// How many slots changed.
  public var slotCount: Int {
    var reader = ByteReader(bytes.buffer, at: 12)
    return reader.integer(UInt32.self).map(Int.init) ?? 0
  }

  /// What makes the changes, in a state where they were not made.
  public func diff() throws(StoreError) -> StateDiff {
    StateDiff(risingAccounts: try accounts().map(\.change), codes: try codes())
  }

  /// What undoes the changes.
  public func inverse() throws(StoreError) -> StateDiff {
    StateDiff(risingAccounts: try accounts().map(\.inverse), codes: [])
  }
}

/// Bytes that several hold and nobody changes.
final class SharedBytes: @unchecked Sendable {
  private let storage: ByteBuffer

  init(_ storage: consuming ByteBuffer) { self.storage = storage }

  /// The bytes, for as long as the object is held.
  var buffer: UnsafeRawBufferPointer { storage.borrowedBytes }

  /// Calls `body` with the bytes.
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(storage.borrowedBytes)
  }
}

/// A slot's word before and after.
struct SlotStep: Equatable, BitwiseCopyable {
  let slot: UInt256
  let before: UInt256
  let after: UInt256
}

/// An account before and after, nil where there is none, with its slots by rising slot.
struct AccountStep: Equatable {
  let address: Address
  let before: Account?
  let after: Account?
  let slots: [SlotStep]

  /// The step as part of a diff. Nothing is wiped: what is gone stands among the slots, unless the
  /// account itself goes.
  var change: AccountChange { Self.change(address, after, slots.map { ($0.slot, $0.after) }) }

  /// The step back.
  var inverse: AccountChange { Self.change(address, before, slots.map { ($0.slot, $0.before) }) }

  private static func change(
    _ address: Address, _ account: Account?, _ slots: [(slot: UInt256, word: UInt256)]
  ) -> AccountChange {
    guard let account else { return AccountChange(address: address, account: nil) }
    return AccountChange(
      address: address, account: account, wipesStorage: false,
      risingStorage: slots.map { SlotChange(slot: $0.slot, value: $0.word) })
  }
}
