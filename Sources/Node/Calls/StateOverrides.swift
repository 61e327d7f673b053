// What a request changes in the state before it executes anything.

internal import Crypto
internal import EVM
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Accounts as a request wants them, in geth's form.
struct StateOverrides {
  /// What is said of one account; what is left out stays.
  struct Override {
    var nonce: UInt64?
    var code: [UInt8]?
    var balance: UInt256?
    /// All its slots.
    var state: [UInt256: UInt256]?
    /// Some of its slots.
    var stateDiff: [UInt256: UInt256]?
    /// Where the precompiled contract of this address stands instead.
    var precompileAddress: Address?
  }

  private var overrides: [Address: Override] = [:]
  /// In the order of the request.
  private var addresses: [Address] = []

  /// No overrides.
  init() {}

  init(_ value: JSONValue) throws(RPCError) {
    guard value.kind == .object, let members = try? value.members() else {
      throw .invalidParameters("\(value.kind.rawValue) where state overrides should be")
    }
    for member in members {
      let name = member.key.string
      guard name.hasPrefix("0x") || name.hasPrefix("0X"), let address = member.key.address else {
        throw .invalidParameters("state overrides: \(name) is no address")
      }
      if overrides.updateValue(try Override(member.value), forKey: address) == nil {
        addresses.append(address)
      }
    }
  }

  var isEmpty: Bool { addresses.isEmpty }

  /// What they change in `state`.
  func diff(over state: any StateView) throws(RPCError) -> StateDiff {
    var changes: [AccountChange] = []
    var codes: [Code] = []
    for address in addresses {
      guard let override = overrides[address], override.changesAccount else { continue }
      if override.state != nil && override.stateDiff != nil {
        throw .failed("account \(address.checksummed) has both 'state' and 'stateDiff'")
      }
      var account: Account
      do throws(StateReadError) {
        account = try state.account(address) ?? Account()
      } catch {
        throw .failed("\(error)")
      }
      if let nonce = override.nonce { account.nonce = nonce }
      if let balance = override.balance { account.balance = balance }
      if let bytes = override.code {
        let code = Code.of(bytes)
        account.codeHash = code.hash
        codes.append(code)
      }
      let slots = (override.state ?? override.stateDiff ?? [:])
        .map { SlotChange(slot: $0.key, value: $0.value) }
      changes.append(
        AccountChange(
          address: address, account: account, wipesStorage: override.state != nil, storage: slots))
    }
    return StateDiff(accounts: changes, codes: codes)
  }

  /// The precompiled contracts of `fork` where they stand then; nil where all are at their own addresses.
  func movedPrecompiles(_ fork: Fork) throws(RPCError) -> MovedPrecompiles? {
    let moves = try moves(fork: fork)
    return moves.isEmpty ? nil : MovedPrecompiles(fork, moves)
  }

  /// Where precompiled contracts go. One whose account is overridden, and that goes nowhere, is gone.
  private func moves(fork: Fork) throws(RPCError) -> [(from: Address, to: Address?)] {
    let precompiles = PrecompileTable.of(fork)
    var moves: [(from: Address, to: Address?)] = []
    for address in addresses {
      let target = overrides[address]?.precompileAddress
      guard precompiles[address] != nil else {
        if target != nil { throw .failed("account \(address.checksummed) is not a precompile") }
        continue
      }
      if let target, overrides[target] != nil {
        throw .failed("account \(target.checksummed) is already overridden")
      }
      moves.append((address, target))
    }
    return moves
  }
}

extension StateOverrides.Override {
  fileprivate init(_ object: JSONValue) throws(RPCError) {
    guard object.kind == .object else {
      throw .invalidParameters("\(object.kind.rawValue) where an account's overrides should be")
    }
    nonce = try object.rpcMember("nonce") { (value) throws(RPCError) in try value.rpcQuantity() }
    code = try object.rpcMember("code") { (value) throws(RPCError) in try value.rpcData() }
    balance = try object.rpcMember("balance") { (value) throws(RPCError) in try value.rpcWord() }
    state = try object.rpcMember("state") { (value) throws(RPCError) in try Self.slots(value) }
    stateDiff = try object.rpcMember("stateDiff") { (value) throws(RPCError) in
      try Self.slots(value)
    }
    precompileAddress = try object.rpcMember("movePrecompileToAddress") {
      (value) throws(RPCError) in try value.rpcAddress()
    }
  }

  /// Whether it says anything about the account itself.
  fileprivate var changesAccount: Bool {
    nonce != nil || code != nil || balance != nil || state != nil || stateDiff != nil
  }

  private static func slots(_ object: JSONValue) throws(RPCError) -> [UInt256: UInt256] {
    guard object.kind == .object, let members = try? object.members() else {
      throw .invalidParameters("\(object.kind.rawValue) where slots should be")
    }
    var slots: [UInt256: UInt256] = [:]
    for member in members {
      guard let slot = member.key.hash else {
        throw .invalidParameters("\(member.key.string) is no slot of 32 bytes")
      }
      slots[slot.word] = try member.value.rpcHash().word
    }
    return slots
  }
}
