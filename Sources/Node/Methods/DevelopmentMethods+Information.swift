// Methods that tell about the chain and the node.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

extension DevelopmentMethods {
  var information: [String: RPCMethod] {
    Self.merged(
      Self.named("anvil_nodeInfo", "hardhat_nodeInfo") { (_, writer) throws(RPCError) in
        let head = try chain.existingBlock(.latest)
        let fork = try chain.fork(of: head.header)
        let fee = producer.change(\.baseFee) ?? BaseFee.next(after: head.header)
        let gasLimit = producer.change(\.gasLimit)
        writer.object { object in
          object.member("currentBlockNumber", quantity: head.number)
          object.member("currentBlockTimestamp", head.header.timestamp)
          object.member("currentBlockHash", head.hash)
          object.member("hardFork", fork.name.lowercased())
          object.member("transactionOrder", "fees")
          object.key("environment")
          object.object { environment in
            environment.member("baseFee", quantity: fork >= .london ? fee : .zero)
            environment.member("chainId", chain.rules.chainID)
            environment.member("gasLimit", quantity: gasLimit)
            environment.member(
              "gasPrice", quantity: (fork >= .london ? fee : .zero) &+ FeeOracle.standard)
          }
          object.key("forkConfig")
          object.object { fork in
            for name in ["forkUrl", "forkBlockNumber", "forkRetryBackoff"] {
              fork.key(name)
              fork.null()
            }
          }
        }
      },
      Self.named("anvil_metadata", "hardhat_metadata") { (_, writer) throws(RPCError) in
        let head = chain.store.head
        writer.object { object in
          object.member("clientVersion", clientVersion)
          object.member("chainId", chain.rules.chainID)
          object.member("instanceId", switches.instance.withLock { $0 })
          object.member("latestBlockNumber", head.number)
          object.member("latestBlockHash", head.hash)
          object.key("forkedNetwork")
          object.null()
          object.key("snapshots")
          object.object { list in
            for (number, block) in snapshots.all {
              list.key("0x" + String(number, radix: 16))
              list.array { pair in
                pair.value(block.number)
                pair.value(block.hash)
              }
            }
          }
        }
      },
      Self.named("anvil_getGenesisTime") { (_, writer) throws(RPCError) in
        writer.value(try chain.existingBlock(.earliest).header.timestamp)
      },
      Self.named("eth_coinbase") { (_, writer) throws(RPCError) in
        writer.value(producer.change(\.coinbase))
      },
      Self.named("anvil_setLoggingEnabled", "hardhat_setLoggingEnabled") {
        (parameters) throws(RPCError) in
        let isLogging = try parameters.flag(0, otherwise: true)
        switches.isLogging.store(isLogging, ordering: .relaxed)
      })
  }
}
