// eth_config (EIP-7910).

internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives

/// The method that says which rules hold, and which will.
struct EthConfig {
  let chain: ChainReader

  /// The precompiled contracts, by the names of the EIP.
  private static let names: [UInt64: String] = [
    0x01: "ECREC", 0x02: "SHA256", 0x03: "RIPEMD160", 0x04: "ID", 0x05: "MODEXP",
    0x06: "BN254_ADD", 0x07: "BN254_MUL", 0x08: "BN254_PAIRING", 0x09: "BLAKE2F",
    0x0a: "KZG_POINT_EVALUATION", 0x0b: "BLS12_G1ADD", 0x0c: "BLS12_G1MSM", 0x0d: "BLS12_G2ADD",
    0x0e: "BLS12_G2MSM", 0x0f: "BLS12_PAIRING_CHECK", 0x10: "BLS12_MAP_FP_TO_G1",
    0x11: "BLS12_MAP_FP2_TO_G2", 0x100: "P256VERIFY",
  ]

  var methods: [String: RPCMethod] {
    [
      "eth_config": { (parameters, writer) throws(RPCError) in
        try parameters.expect(atMost: 0)
        let schedule = ForkSchedule(
          rules: chain.rules, genesis: try chain.existingBlock(.earliest))
        let now = try chain.existingBlock(.latest).header.timestamp
        let times = schedule.times
        let next = times.first { $0 > now }
        writer.object { object in
          // Rules of before the forks that begin at a time are none that the EIP describes.
          write("current", times.last { $0 <= now }, of: schedule, to: &object)
          write("next", next, of: schedule, to: &object)
          write("last", next == nil ? nil : times.last, of: schedule, to: &object)
        }
      }
    ]
  }

  /// Writes the rules that hold from `time` on.
  private func write(
    _ name: String, _ time: UInt64?, of schedule: ForkSchedule, to object: inout JSONWriter
  ) {
    object.key(name)
    guard let time else { return object.null() }
    let fork = chain.rules.fork(block: .max, timestamp: time)
    object.object { object in
      // What holds from the first block on begins at zero, whenever that was.
      object.member("activationTime", time > schedule.genesis.header.timestamp ? time : 0)
      object.key("blobSchedule")
      if let blobs = chain.rules.blobParameters(block: .max, timestamp: time) {
        object.object { object in
          object.member("target", blobs.target)
          object.member("max", blobs.max)
          object.member("baseFeeUpdateFraction", blobs.baseFeeUpdateFraction)
        }
      } else {
        object.null()
      }
      object.member("chainId", quantity: chain.rules.chainID)
      object.member(
        "forkId",
        data: withUnsafeBytes(of: schedule.checksum(at: time).bigEndian) { Array($0) })
      object.key("precompiles")
      object.object { list in
        for address in PrecompileTable.of(fork).addresses {
          guard let name = Self.names[address.l0] else { continue }
          list.member(name, address)
        }
      }
      object.key("systemContracts")
      object.object { list in
        for (name, address, begin) in systemContracts where fork >= begin {
          list.member(name, address)
        }
      }
    }
  }

  private var systemContracts: [(name: String, address: Address, begin: Fork)] {
    [
      ("BEACON_ROOTS_ADDRESS", SystemCalls.beaconRoots, .cancun),
      ("CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS", SystemCalls.consolidationRequests, .prague),
      ("DEPOSIT_CONTRACT_ADDRESS", chain.rules.depositContract, .prague),
      ("HISTORY_STORAGE_ADDRESS", SystemCalls.blockHashes, .prague),
      ("WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS", SystemCalls.withdrawalRequests, .prague),
    ]
  }
}
