// debug_ methods that list accounts and slots.

internal import Crypto
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// Methods that list what the state has, in the order of hashes.
struct DebugState {
  let chain: ChainReader

  /// As many accounts a page may have, as in geth.
  private static let accountLimit = 256
  /// As many slots.
  private static let slotLimit = 1024

  var methods: [String: RPCMethod] {
    [
      "debug_storageRangeAt": { (parameters, writer) throws(RPCError) in
        let selector = try parameters.required(0) { (value) throws(RPCError) in
          try BlockSelector(value)
        }
        let index = try parameters.required(1) { (value) throws(RPCError) in
          try value.rpcNumber()
        }
        let address = try parameters.address(2)
        let start = try parameters.required(3) { (value) throws(RPCError) in
          try Self.start(value)
        }
        let limit = try parameters.required(4) { (value) throws(RPCError) in
          try value.rpcNumber()
        }
        try writeSlots(
          of: address, before: index, in: try chain.existingBlock(selector), from: start,
          limit: Int(min(limit, UInt64(Self.slotLimit))), to: &writer)
      },
      "debug_accountRange": { (parameters, writer) throws(RPCError) in
        let selector = try parameters.required(0) { (value) throws(RPCError) in
          try BlockSelector(value)
        }
        let start =
          try parameters.optional(1) { (value) throws(RPCError) in try Self.start(value) } ?? .zero
        let limit =
          try parameters.optional(2) { (value) throws(RPCError) in try value.rpcNumber() } ?? 0
        let withoutCode = try parameters.flag(3, otherwise: false)
        let most = UInt64(Self.accountLimit)
        try writeAccounts(
          at: selector, from: start, limit: Int(limit == 0 ? most : min(limit, most)),
          withoutCode: withoutCode, to: &writer)
      },
    ]
  }

  /// The hash that a list begins at: up to 32 bytes, zeros behind them.
  private static func start(_ value: JSONValue) throws(RPCError) -> Hash256 {
    let bytes = try value.rpcData()
    guard bytes.count <= 32,
      let hash = Hash256(bytes: bytes + Array(repeating: 0, count: 32 - bytes.count))
    else { throw .invalidParameters("a start of at most 32 bytes") }
    return hash
  }

  /// The slots of an account as they were before a transaction of a block.
  private func writeSlots(
    of address: Address, before index: UInt64, in block: ChainReader.Found, from start: Hash256,
    limit: Int, to writer: inout JSONWriter
  ) throws(RPCError) {
    let executable = try chain.executable(block)
    if index > UInt64(executable.transactions.count) {
      throw .noTransaction(index, in: block)
    }
    let state = try chain.view(at: .number(block.number - 1))
    let slots = try chain.reading { () throws(StoreError) in
      try state.slots(of: address, from: start, limit: limit + 1)
    }
    // What the block was made on may have been edited since the block before.
    let edited = EditedState(state, edits: chain.edits.edits(at: state.block.hash))
    let made = try chain.changes(of: executable, before: Int(index), on: edited)
    let changes = try chain.readingState { () throws(StateReadError) in
      try edited.edits(followedBy: made)
    }
    // What stands behind the last that was read is for the next page.
    let end = slots.count > limit ? slots[limit].hash : nil
    let change = changes.accounts.first { $0.address == address }
    let merged = Self.merge(slots, change).filter { slot in
      slot.hash >= start && end.map { slot.hash < $0 } ?? true
    }
    let next = merged.count > limit ? merged[limit].hash : end
    writer.object { object in
      object.key("storage")
      object.object { storage in
        for slot in merged.prefix(limit) {
          storage.key(slot.hash.hex)
          storage.object { entry in
            entry.key("key")
            if let key = slot.slot { entry.value(Hash256(key)) } else { entry.null() }
            entry.member("value", Hash256(slot.word))
          }
        }
      }
      object.key("nextKey")
      if let next { object.value(next) } else { object.null() }
    }
  }

  private struct Slot {
    let hash: Hash256
    let slot: UInt256?
    let word: UInt256
  }

  private static func merge(_ slots: [RangedSlot], _ change: AccountChange?) -> [Slot] {
    var merged: [Hash256: Slot] = [:]
    if change?.wipesStorage != true {
      for slot in slots {
        merged[slot.hash] = Slot(hash: slot.hash, slot: slot.slot, word: slot.word)
      }
    }
    for slot in change?.storage ?? [] {
      let hash = Keccak256.hash(slot.slot)
      merged[hash] = slot.value.isZero ? nil : Slot(hash: hash, slot: slot.slot, word: slot.value)
    }
    return merged.values.sorted { $0.hash < $1.hash }
  }

  private func writeAccounts(
    at selector: BlockSelector, from start: Hash256, limit: Int, withoutCode: Bool,
    to writer: inout JSONWriter
  ) throws(RPCError) {
    let state = try chain.view(at: selector)
    let block = try chain.existingBlock(.hash(state.block.hash))
    let accounts = try chain.reading { () throws(StoreError) in
      try state.accounts(from: start, limit: limit + 1)
    }
    let tries = try chain.reading { () throws(StoreError) in try state.tries() }
    try writer.object { (object) throws(RPCError) in
      object.member("root", String(block.header.stateRoot.hex.dropFirst(2)))
      object.key("accounts")
      try object.object { (list) throws(RPCError) in
        for account in accounts.prefix(limit) {
          let root = try chain.readingState { () throws(StateReadError) in
            try tries.storageRoot(ofAccountWithHash: account.hash)
          }
          let code = try chain.readingState { () throws(StateReadError) in
            withoutCode ? [] : try state.code(account.account.codeHash).bytes
          }
          list.key(account.address?.hex ?? "pre(\(account.hash.hex))")
          list.object { entry in
            entry.member("balance", account.account.balance.decimal)
            entry.member("nonce", account.account.nonce)
            entry.member("root", root)
            entry.member("codeHash", account.account.codeHash)
            if !code.isEmpty { entry.member("code", data: code) }
            entry.member("address", account.address)
            entry.member("key", account.hash)
          }
        }
      }
      if accounts.count > limit {
        object.member("next", accounts[limit].hash)
      }
    }
  }
}
