// One entry of the table of hot state.

internal import Ledger
internal import Primitives
internal import State
internal import Synchronization

/// A borrowed entry: an account or a slot with what stands there, 96 bytes.
///
///     0    address, three limbs, 20 bytes
///     20   mark
///     24   account: nonce                        slot: —
///     32   account: balance                      slot: which slot
///     64   account: code hash                    slot: word
///
/// The mark's low 28 bits tell when the entry was changed last, in steps of the table, 0 for an entry
/// that is as it was read. Threads that read set the bit that says so; nothing else changes while
/// anybody reads.
struct CacheEntry: BitwiseCopyable {
  let base: UnsafeMutableRawPointer

  static let stride = 96
  static let stampLimit: UInt32 = 1 << 28
  private static let slotBit: UInt32 = 1 << 28
  private static let absentBit: UInt32 = 1 << 29
  private static let referencedBit: UInt32 = 1 << 30
  private static let usedBit: UInt32 = 1 << 31

  @inline(__always)
  init(_ base: UnsafeMutableRawPointer) { self.base = base }

  // MARK: - Mark

  @inline(__always)
  private var mark: UInt32 {
    get { atomicMark.pointee.load(ordering: .relaxed) }
    nonmutating set { atomicMark.pointee.store(newValue, ordering: .relaxed) }
  }

  @inline(__always)
  private var atomicMark: UnsafeMutablePointer<Atomic<UInt32>> {
    (base + 20).assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  /// When the entry was changed last; 0 for never.
  @inline(__always)
  var stamp: UInt32 {
    get { mark & (Self.stampLimit - 1) }
    nonmutating set { mark = mark & ~(Self.stampLimit - 1) | newValue }
  }

  /// Whether there is something in the entry.
  var isUsed: Bool { mark & Self.usedBit != 0 }

  /// Whether this is a slot, not an account.
  var isSlot: Bool { mark & Self.slotBit != 0 }

  /// Notes that somebody looked at the entry.
  @inline(__always)
  func touch() {
    let mark = mark
    if mark & Self.referencedBit == 0 { self.mark = mark | Self.referencedBit }
  }

  /// Whether somebody looked at the entry since the last call.
  func takeReference() -> Bool {
    let mark = mark
    if mark & Self.referencedBit == 0 { return false }
    self.mark = mark & ~Self.referencedBit
    return true
  }

  func free() { mark = 0 }

  // MARK: - Key

  @inline(__always)
  var address: Address {
    Address(
      l0: base.load(as: UInt64.self), l1: base.load(fromByteOffset: 8, as: UInt64.self),
      l2: base.load(fromByteOffset: 16, as: UInt32.self))
  }

  @inline(__always)
  var slot: UInt256 { base.load(fromByteOffset: 32, as: UInt256.self) }

  @inline(__always)
  func isAccount(_ key: Address) -> Bool { address == key && !isSlot }

  @inline(__always)
  func isSlot(_ key: StorageKey) -> Bool { slot == key.slot && address == key.address && isSlot }

  private func setAddress(_ address: Address) {
    base.storeBytes(of: address.l0, as: UInt64.self)
    base.storeBytes(of: address.l1, toByteOffset: 8, as: UInt64.self)
    base.storeBytes(of: address.l2, toByteOffset: 16, as: UInt32.self)
  }

  /// Makes the entry that of an account.
  func initialize(_ address: Address, _ account: Account?) {
    setAddress(address)
    mark = Self.usedBit | Self.referencedBit
    self.account = account
  }

  /// Makes the entry that of a slot.
  func initialize(_ key: StorageKey, _ word: UInt256) {
    setAddress(key.address)
    mark = Self.usedBit | Self.referencedBit | Self.slotBit
    base.storeBytes(of: key.slot, toByteOffset: 32, as: UInt256.self)
    self.word = word
  }

  // MARK: - Content

  @inline(__always)
  var account: Account? {
    get {
      if mark & Self.absentBit != 0 { return nil }
      return Account(
        nonce: base.load(fromByteOffset: 24, as: UInt64.self),
        balance: base.load(fromByteOffset: 32, as: UInt256.self),
        codeHash: base.load(fromByteOffset: 64, as: Hash256.self))
    }
    nonmutating set {
      guard let account = newValue else {
        mark = mark | Self.absentBit
        return
      }
      mark = mark & ~Self.absentBit
      base.storeBytes(of: account.nonce, toByteOffset: 24, as: UInt64.self)
      base.storeBytes(of: account.balance, toByteOffset: 32, as: UInt256.self)
      base.storeBytes(of: account.codeHash, toByteOffset: 64, as: Hash256.self)
    }
  }

  @inline(__always)
  var word: UInt256 {
    get { base.load(fromByteOffset: 64, as: UInt256.self) }
    nonmutating set { base.storeBytes(of: newValue, toByteOffset: 64, as: UInt256.self) }
  }
}
