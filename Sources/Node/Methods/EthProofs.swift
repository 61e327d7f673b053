// eth_getProof.

internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// Methods that prove what the state holds.
struct EthProofs {
  let chain: ChainReader

  /// The most slots that one request may ask for, as in geth.
  private static let slotLimit = 1024

  var methods: [String: RPCMethod] {
    [
      "eth_getProof": { (parameters, writer) throws(RPCError) in
        let address = try parameters.address(0)
        let keys = try parameters.required(1) { (value) throws(RPCError) in
          try value.rpcList { (key) throws(RPCError) in try SlotKey(key) }
        }
        if keys.count > Self.slotLimit {
          throw .invalidParameters("too many slots (max \(Self.slotLimit))")
        }
        let selector = try parameters.required(2) { (value) throws(RPCError) in
          try BlockSelector(value)
        }
        let state = try chain.view(at: selector)
        let tries = try chain.reading { () throws(StoreError) in try state.tries() }
        let proof = try chain.readingState { () throws(StateReadError) in
          try tries.proof(of: address, slots: keys.map(\.slot))
        }
        proof.write(keys, to: &writer)
      }
    ]
  }
}

/// A slot as a request names it.
private struct SlotKey {
  let slot: UInt256
  /// Whether it was named by all its 32 bytes, and so is in the answer.
  let isWhole: Bool

  init(_ value: JSONValue) throws(RPCError) {
    slot = try value.rpcSlot()
    let text = try value.rpcText()
    isWhole = text.utf8.count >= 64 && text.utf8.count - (text.hasPrefix("0x") ? 2 : 0) == 64
  }

  var text: String { isWhole ? Hash256(slot).hex : slot.hex }
}

extension AccountProof {
  fileprivate func write(_ keys: [SlotKey], to writer: inout JSONWriter) {
    writer.object { object in
      object.member("address", address)
      object.member("accountProof", nodes: nodes)
      object.member("balance", quantity: balance)
      object.member("codeHash", codeHash)
      object.member("nonce", quantity: nonce)
      object.member("storageHash", storageHash)
      object.key("storageProof")
      object.array { list in
        for (key, proof) in zip(keys, slots) {
          list.object { object in
            object.member("key", key.text)
            object.member("value", quantity: proof.word)
            object.member("proof", nodes: proof.nodes)
          }
        }
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, nodes: [[UInt8]]) {
    key(name)
    array { list in for node in nodes { list.value(data: node) } }
  }
}
