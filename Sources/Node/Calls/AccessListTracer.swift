// What a call accesses, as a list that a transaction can carry (EIP-2930).

internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Tracing

/// Notes the accounts and slots that a run accesses.
final class AccessListTracer: Tracer {
  /// Accounts that are of no use in the list but for their slots.
  private let excluded: Set<Address>
  private(set) var accounts: [Address: Set<UInt256>]

  /// Goes on from a list that is known already.
  init(_ accounts: [Address: Set<UInt256>], without excluded: Set<Address>) {
    self.accounts = accounts
    self.excluded = excluded
  }

  func step(_ step: TracedStep) {
    guard let opcode = Opcode(rawValue: step.opcode) else { return }
    switch opcode {
    case .sload, .sstore:
      guard let slot = step.stack.last else { return }
      accounts[step.recipient, default: []].insert(slot)
    case .extcodecopy, .extcodehash, .extcodesize, .balance, .selfdestruct:
      if let top = step.stack.last { note(Address(truncating: top)) }
    case .call, .callcode, .delegatecall, .staticcall:
      guard step.stack.count >= 5 else { return }
      note(Address(truncating: step.stack[step.stack.count - 2]))
    default: break
    }
  }

  private func note(_ address: Address) {
    if !excluded.contains(address) { accounts[address, default: []].formUnion([]) }
  }

  func enter(_ call: TracedCall) {}
  func paid(depth: Int, gasLeft: Int64) {}
  func fault(_ halt: Halt, depth: Int, gasLeft: Int64) {}
  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?) {}
}

/// The access list of a call and what it costs with it.
struct CreatedAccessList {
  let entries: [AccessListEntry]
  let gasUsed: UInt64
  /// Why the call failed, with this list.
  let halt: Halt?

  func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.objects("accessList", of: entries) { object, entry in
        object.member("address", entry.address)
        object.key("storageKeys")
        object.array { list in for slot in entry.slots { list.value(Hash256(slot)) } }
      }
      if let halt { object.member("error", FailureText.of(halt)) }
      object.member("gasUsed", quantity: gasUsed)
    }
  }
}

extension CallRunner {
  /// The accounts and slots that a call accesses when it is told them beforehand: executed again and again,
  /// until nothing is added.
  func accessList(
    of arguments: CallArguments, in scene: Scene
  ) throws(RPCError) -> CreatedAccessList {
    var arguments = arguments
    if let tip = arguments.maxPriorityFeePerGas, arguments.maxFeePerGas == nil {
      // Here geth fills in what it does for transactions that are sent.
      arguments.maxFeePerGas = scene.block.baseFee &* UInt256(2 as UInt64) &+ tip
    }
    let sender = arguments.from ?? .zero
    var excluded = Set(PrecompileTable.of(scene.rules.fork).addresses + [sender])
    if let recipient = arguments.to {
      excluded.insert(recipient)
    } else {
      let nonce = try chain.readingState { () throws(StateReadError) in
        try scene.state.account(sender)?.nonce ?? 0
      }
      excluded.insert(Address.created(by: sender, nonce: nonce))
    }
    // These are accessed before anything runs.
    excluded.formUnion(try authorities(of: arguments))
    var known: [Address: Set<UInt256>] = [:]
    for entry in arguments.accessList ?? [] where !excluded.contains(entry.address) {
      known[entry.address, default: []].formUnion(entry.slots)
    }
    while true {
      try scene.deadline.check()
      arguments.accessList = Self.entries(of: known)
      let tracer = AccessListTracer(known, without: excluded)
      let result = try call(arguments, in: scene, under: tracer)
      if tracer.accounts == known {
        return CreatedAccessList(
          entries: arguments.accessList ?? [], gasUsed: result.outcome.gasUsed,
          halt: result.outcome.halt)
      }
      known = tracer.accounts
    }
  }

  /// The accounts whose authorizations a call carries, as far as they may hold.
  private func authorities(of arguments: CallArguments) throws(RPCError) -> [Address] {
    let authorizations = arguments.authorizations ?? []
    let gas = min(arguments.gas ?? gasLimit, gasLimit)
    if UInt64(authorizations.count) > gas / Self.authorizationGas {
      throw .failed("insufficient gas to process all authorizations")
    }
    let chainID = UInt256(chain.rules.chainID)
    return authorizations.compactMap { authorization in
      guard authorization.chainID.isZero || authorization.chainID == chainID,
        authorization.nonce < .max
      else { return nil }
      return try? authorization.recoverAuthority()
    }
  }

  /// What an authorization costs before execution.
  private static let authorizationGas: UInt64 = 25_000

  private static func entries(of accounts: [Address: Set<UInt256>]) -> [AccessListEntry] {
    accounts.sorted { $0.key < $1.key }
      .map { AccessListEntry(address: $0.key, slots: $0.value.sorted()) }
  }
}
