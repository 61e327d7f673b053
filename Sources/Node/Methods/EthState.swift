// eth_ methods about the state.

internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// Methods about accounts and slots.
struct EthState {
  let chain: ChainReader

  /// The most slots that one request may ask for, as in geth.
  private static let slotLimit = 1024

  var methods: [String: RPCMethod] {
    [
      "eth_getBalance": { (parameters, writer) throws(RPCError) in
        writer.value(quantity: try account(parameters)?.balance ?? .zero)
      },
      "eth_getTransactionCount": { (parameters, writer) throws(RPCError) in
        writer.value(quantity: try account(parameters)?.nonce ?? 0)
      },
      "eth_getCode": { (parameters, writer) throws(RPCError) in
        let state = try chain.state(at: try parameters.block(1))
        let address = try parameters.address(0)
        let code = try chain.readingState { () throws(StateReadError) in
          guard let account = try state.account(address), account.hasCode else { return [UInt8]() }
          return try state.code(account.codeHash).bytes
        }
        writer.value(data: code)
      },
      "eth_getStorageAt": { (parameters, writer) throws(RPCError) in
        let address = try parameters.address(0)
        guard let key = parameters.optional(1) else {
          throw .invalidParameters("missing value for required argument 1")
        }
        let slot = try key.rpcSlot()
        let state = try chain.state(at: try parameters.block(2))
        let word = try chain.readingState { () throws(StateReadError) in
          try state.storage(address, slot)
        }
        writer.value(Hash256(word))
      },
      "eth_getStorageValues": { (parameters, writer) throws(RPCError) in
        try writeStorageValues(parameters, to: &writer)
      },
    ]
  }

  private func account(_ parameters: RPCParameters) throws(RPCError) -> Account? {
    let address = try parameters.address(0)
    let state = try chain.state(at: try parameters.block(1))
    return try chain.readingState { () throws(StateReadError) in try state.account(address) }
  }

  private func writeStorageValues(
    _ parameters: RPCParameters, to writer: inout JSONWriter
  ) throws(RPCError) {
    guard let request = parameters.optional(0), let members = try? request.members() else {
      throw .invalidParameters("missing value for required argument 0")
    }
    var wanted: [(address: Address, slots: [UInt256])] = []
    var count = 0
    for member in members {
      guard let address = member.key.address else {
        throw .invalidParameters("invalid argument 0: \(member.key.string) is no address")
      }
      let slots = try member.value.rpcList(atMost: Self.slotLimit) { (value) throws(RPCError) in
        try value.rpcSlot()
      }
      count += slots.count
      wanted.append((address, slots))
    }
    if count == 0 { throw .invalidParameters("empty request") }
    if count > Self.slotLimit {
      throw .invalidParameters("too many slots (max \(Self.slotLimit))")
    }
    let state = try chain.state(at: try parameters.block(1))
    try writer.object { (object) throws(RPCError) in
      for (address, slots) in wanted {
        object.key(address.hex)
        try object.array { (list) throws(RPCError) in
          for slot in slots {
            let word = try chain.readingState { () throws(StateReadError) in
              try state.storage(address, slot)
            }
            list.value(Hash256(word))
          }
        }
      }
    }
  }
}
