// eth_capabilities.

internal import JSON
internal import Ledger
internal import Primitives
internal import Storage

/// The method that says which blocks can be asked for what.
struct EthCapabilities {
  let chain: ChainReader

  var methods: [String: RPCMethod] {
    [
      "eth_capabilities": { (parameters, writer) throws(RPCError) in
        try parameters.expect(atMost: 0)
        let head = chain.store.head
        let blocks = chain.store.oldestBlock
        let states = try chain.reading { () throws(StoreError) in try chain.store.oldestState() }
        // The window of proofs lies around the database's block, which stands at the head or before it.
        let proofs = max(
          states, head.number - min(head.number, HistoricalState.trieWindow))
        writer.object { object in
          object.key("head")
          object.object { part in
            part.member("number", quantity: head.number)
            part.member("hash", head.hash)
          }
          for (name, oldest) in [
            ("state", states), ("tx", blocks), ("logs", blocks), ("receipts", blocks),
            ("blocks", blocks), ("stateproofs", proofs),
          ] {
            object.key(name)
            object.object { part in
              part.member("disabled", false)
              part.member("oldestBlock", quantity: oldest)
            }
          }
        }
      }
    ]
  }
}
