// Methods about the client itself: net_, web3_, and some of eth_.

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives

/// Methods about the client.
struct ClientMethods {
  let chain: ChainReader
  let clientVersion: String

  var methods: [String: RPCMethod] {
    [
      "web3_clientVersion": { (_, writer) throws(RPCError) in writer.value(clientVersion) },
      "web3_sha3": { (parameters, writer) throws(RPCError) in
        writer.value(Keccak256.hash(try parameters.data(0)))
      },
      "net_version": { (_, writer) throws(RPCError) in writer.value("\(chain.rules.chainID)") },
      // As geth says in any case; who asks wants to know whether anybody answers.
      "net_listening": { (_, writer) throws(RPCError) in writer.value(true) },
      // There are no peers, and none are looked for.
      "net_peerCount": { (_, writer) throws(RPCError) in writer.value(quantity: 0 as UInt64) },
      "eth_chainId": { (_, writer) throws(RPCError) in
        writer.value(quantity: chain.rules.chainID)
      },
      "eth_syncing": { (_, writer) throws(RPCError) in writer.value(false) },
    ]
  }
}
