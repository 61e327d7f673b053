// 0x54, 0x55, 0x5c, 0x5d: storage and transient storage.

import Ledger
import Primitives

extension Frame {
  @inline(never)
  mutating func sload() throws(Halt) {
    try require(1)
    try charge(.sload)
    // A slot that cannot be paid for is not looked at (EIP-7928).
    if gas < schedule.pointee.coldSlot, host.storageIsCold(message.recipient, top[-1]) {
      throw .outOfGas
    }
    let load = host.loadStorage(message.recipient, top[-1])
    if load.isCold {
      try charge(schedule.pointee.coldSlot)
      try checkHost()
    }
    top[-1] = load.value
    if load.counter != StorageLoad.noCounter { follow(load.counter) }
  }

  @inline(never)
  mutating func sstore() throws(Halt) {
    let counter = machine.pointee.counters.takeStored()
    try require(2)
    try requireMutable()
    if gas <= schedule.pointee.storage.sentry, schedule.pointee.storage.sentry > 0 {
      throw .outOfGas
    }
    let value = top[-2]
    let store =
      counter == StorageLoad.noCounter
      ? host.storeStorage(message.recipient, top[-1], value)
      : host.storeCounter(counter, message.recipient, top[-1], value)
    try checkHost()
    top -= 2
    if store.isCold { try charge(schedule.pointee.storage.cold) }
    let effect = schedule.pointee.storage.effect(of: store, writing: value)
    try charge(effect.cost)
    machine.pointee.refund &+= effect.refund
  }

  @inline(never)
  mutating func tload() throws(Halt) {
    try require(1)
    try charge(.tload)
    top[-1] = host.loadTransient(message.recipient, top[-1])
    try checkHost()
  }

  @inline(never)
  mutating func tstore() throws(Halt) {
    try require(2)
    try charge(.tstore)
    try requireMutable()
    host.storeTransient(message.recipient, top[-1], top[-2])
    top -= 2
    try checkHost()
  }

  /// Ends the run when the host can record no more.
  @inline(__always)
  func checkHost() throws(Halt) {
    if host.isExhausted { throw .memoryLimit }
  }
}

extension StorageGas {
  /// Price and refund of writing `value` over what `store` tells, without the cold surcharge.
  func effect(of store: StorageStore, writing value: UInt256) -> (cost: Int64, refund: Int64) {
    guard isNetMetered else {
      let clears = !store.current.isZero && value.isZero
      return (store.current.isZero && !value.isZero ? set : reset, clears ? clearRefund : 0)
    }
    if store.current == value { return (dirty, 0) }
    if store.original == store.current {
      if store.original.isZero { return (set, 0) }
      return (reset, value.isZero ? clearRefund : 0)
    }
    // Changed before in this transaction: give back or take what that change was charged.
    var refund: Int64 = 0
    if !store.original.isZero {
      if store.current.isZero { refund -= clearRefund }
      if value.isZero { refund += clearRefund }
    }
    if store.original == value { refund += (store.original.isZero ? set : reset) - dirty }
    return (dirty, refund)
  }
}
