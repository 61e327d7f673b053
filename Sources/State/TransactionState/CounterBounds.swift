// How far the word of a slot could change without any consequence.

public import Ledger
public import Primitives

/// The bounds within which whoever has read the word would have done the same, but for adding to it and
/// subtracting from it.
public struct CounterBounds: BitwiseCopyable {
  /// By how much it could be greater.
  public internal(set) var up = UInt256.max
  /// By how much it could be less.
  public internal(set) var down = UInt256.max

  /// Whether `now` would do as well as `start`.
  public func contain(_ now: UInt256, insteadOf start: UInt256) -> Bool {
    now >= start ? now &- start <= up : start &- now <= down
  }
}

extension TransactionState {
  /// The bounds of a slot that is a counter.
  public func bounds(of entry: borrowing SlotEntry) -> CounterBounds {
    core.pointee.counters.base[Int(entry.counter)]
  }

  /// Notes within which bounds the word of a slot could have been another; see `Host.narrow`.
  public func narrow(_ counter: UInt32, up: UInt256, down: UInt256) {
    let bounds = core.pointee.counters.base + Int(core.pointee.slots[counter].pointee.counter)
    bounds.pointee.up = min(bounds.pointee.up, up)
    bounds.pointee.down = min(bounds.pointee.down, down)
  }

  /// Notes that the exact word of a slot mattered; see `Host.observe`.
  public func observe(_ counter: UInt32) { core.pointee.slots[counter].pointee.isExact = true }

  /// Writes a value that is the word of a counter and something more; see `Host.storeCounter`.
  public func storeCounter(
    _ counter: UInt32, _ address: Address, _ slot: UInt256, _ value: UInt256
  ) -> StorageStore {
    let index = slotIndex(address, slot)
    let entry = core.pointee.slots[index]
    if index != counter || entry.pointee.isExact {
      observe(counter)
      return storeStorage(address, slot, value)
    }
    let isCold = access(index)
    let current = entry.pointee.current
    // The price depends on which of them are zero (EIP-2200).
    keepAboveZero(counter, entry.pointee.original)
    keepAboveZero(counter, current)
    keepAboveZero(counter, value)
    write(value, to: index)
    return StorageStore(original: entry.pointee.original, current: current, isCold: isCold)
  }

  private func keepAboveZero(_ counter: UInt32, _ word: UInt256) {
    if word.isZero { return observe(counter) }
    narrow(counter, up: UInt256.max &- word, down: word &- UInt256(1))
  }

  /// Begins to follow a slot that was just read.
  func beginCounter(_ entry: UnsafeMutablePointer<SlotEntry>) {
    let number = core.pointee.counters.count
    core.pointee.counters.append(CounterBounds())
    if core.pointee.counters.count > number { entry.pointee.counter = UInt32(number) }
  }
}
