// A genesis as geth's format has it.

internal import JSON
internal import Ledger
internal import Primitives
internal import State

extension Genesis {
  /// The genesis in geth's format: read again, it has the same rules and the same hash.
  ///
  /// The rules must be ones that the format can say: forks up to Gray Glacier begin with a block, later ones at a
  /// time, and Paris with the terminal total difficulty.
  public func json() -> String {
    var writer = JSONWriter()
    writer.object { object in
      object.key("config")
      object.object { rules.writeConfig(to: &$0) }
      header.writeGenesisFields(to: &object)
      object.key("alloc")
      object.object { accounts in
        for allocation in allocations.sorted(by: { $0.address < $1.address }) {
          accounts.key(allocation.address.hex)
          accounts.object { allocation.write(to: &$0) }
        }
      }
    }
    return writer.text
  }
}

extension ChainRules {
  fileprivate func writeConfig(to object: inout JSONWriter) {
    object.member("chainId", chainID)
    for (name, fork) in Self.forkBlocks {
      guard case .block(let number) = activations[fork] else { continue }
      object.member(name, number)
      // geth's two halves of Spurious Dragon.
      if fork == .spuriousDragon { object.member("eip155Block", number) }
    }
    if let daoFork {
      object.member("daoForkBlock", daoFork.block)
      object.member("daoForkSupport", daoFork.isSupported)
    }
    if let terminalTotalDifficulty {
      object.member("terminalTotalDifficulty", terminalTotalDifficulty.hex)
    }
    for (name, fork) in Self.forkTimes {
      if case .timestamp(let time) = activations[fork] { object.member(name, time) }
    }
    for (name, time) in blobForkTimes { object.member("\(name)Time", time) }
    if depositContract != Self.mainnetDepositContract {
      object.member("depositContractAddress", depositContract.hex)
    }
    writeBlobSchedule(to: &object)
  }

  /// When parameters of blobs change between forks.
  private var blobForkTimes: [(name: String, time: UInt64)] {
    let forks = Set(
      Self.forkTimes.compactMap { _, fork -> UInt64? in
        if case .timestamp(let time) = activations[fork] { time } else { nil }
      })
    let times = blobSchedule.keys.filter { !forks.contains($0) }.sorted()
    return Array(zip(Self.blobForks, times))
  }

  private func writeBlobSchedule(to object: inout JSONWriter) {
    object.key("blobSchedule")
    object.object { schedule in
      for (_, fork) in Self.forkTimes {
        guard case .timestamp(let time) = activations[fork],
          let blobs = blobSchedule[time] ?? BlobParameters.of(fork)
        else { continue }
        schedule.key(fork.name.lowercased())
        schedule.object { blobs.write(to: &$0) }
      }
      for (name, time) in blobForkTimes {
        schedule.key(name)
        schedule.object { blobSchedule[time]?.write(to: &$0) }
      }
    }
  }
}

extension BlobParameters {
  func write(to object: inout JSONWriter) {
    object.member("target", target)
    object.member("max", max)
    object.member("baseFeeUpdateFraction", baseFeeUpdateFraction)
  }
}

extension Header {
  fileprivate func writeGenesisFields(to object: inout JSONWriter) {
    object.member("number", UInt256(number).hex)
    object.member("parentHash", parentHash.hex)
    object.member("coinbase", coinbase.hex)
    object.member("difficulty", difficulty.hex)
    object.member("extraData", Hex.encode(extraData))
    object.member("gasLimit", UInt256(gasLimit).hex)
    object.member("gasUsed", UInt256(gasUsed).hex)
    object.member("timestamp", UInt256(timestamp).hex)
    object.member("mixHash", prevRandao.hex)
    object.member("nonce", UInt256(nonce).hex)
    if let baseFeePerGas { object.member("baseFeePerGas", baseFeePerGas.hex) }
    if let blobGasUsed { object.member("blobGasUsed", UInt256(blobGasUsed).hex) }
    if let excessBlobGas { object.member("excessBlobGas", UInt256(excessBlobGas).hex) }
    if let parentBeaconBlockRoot {
      object.member("parentBeaconBlockRoot", parentBeaconBlockRoot.hex)
    }
  }
}

extension AccountAllocation {
  fileprivate func write(to object: inout JSONWriter) {
    object.member("balance", balance.hex)
    if nonce > 0 { object.member("nonce", UInt256(nonce).hex) }
    if !code.isEmpty { object.member("code", Hex.encode(code)) }
    if storage.isEmpty { return }
    object.key("storage")
    object.object { slots in
      for (slot, word) in storage.sorted(by: { $0.key < $1.key }) {
        slots.member(Hash256(slot).hex, Hash256(word).hex)
      }
    }
  }
}
