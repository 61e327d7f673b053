// The small chain as a node tells of it.

import EVM
import Execution
import Fixtures
import JSON
import Ledger
import Primitives
import State

/// Notes what is read.
private final class WitnessView: StateView {
  let base: MemoryState
  var reads: [Address: Set<UInt256>] = [:]

  init(_ base: MemoryState) { self.base = base }

  func account(_ address: Address) throws(StateReadError) -> Account? {
    reads[address, default: []] = reads[address] ?? []
    return base.account(address)
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    reads[address, default: []].insert(slot)
    return base.storage(address, slot)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool { base.hasStorage(address) }
  func code(_ hash: Hash256) throws(StateReadError) -> Code { try base.code(hash) }
  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? { base.blockHash(number) }
}

extension SmallChain {
  /// What `debug_traceBlockByNumber` answers, with or without the accounts that do not exist.
  func traces(listingEmpty: Bool) throws -> String {
    try WorkerThreads.call { [self] in
      Result {
        var writer = JSONWriter()
        try writer.array { list in
          for index in block.transactions.indices {
            try writeTrace(index, listingEmpty, to: &list)
          }
        }
        return writer.text
      }
    }.get()
  }

  private func writeTrace(
    _ index: Int, _ listingEmpty: Bool, to writer: inout JSONWriter
  ) throws {
    let state = try state(beforeTransaction: index)
    let view = WitnessView(state)
    let whole = ExecutableBlock(block, senders: senders, rules: rules)
    _ = try SequentialExecutor().execute(
      ExecutableBlock(
        environment: whole.environment, rules: whole.rules,
        transactions: [block.transactions[index]], senders: [senders[index]]), on: view)
    try writer.object { trace in
      trace.member("txHash", block.transactions[index].hash.hex)
      trace.key("result")
      try trace.object { list in
        for (address, slots) in view.reads {
          let account = state.account(address)
          guard account != nil || listingEmpty else { continue }
          list.key(address.hex)
          try list.object {
            $0.member("balance", (account?.balance ?? 0).hex)
            // As geth does: what is zero or empty is left out.
            if let account, account.nonce > 0 { $0.member("nonce", account.nonce) }
            if let account, account.hasCode {
              $0.member("code", Hex.encode(try state.code(account.codeHash).bytes))
            }
            if slots.isEmpty { return }
            $0.key("storage")
            $0.object { storage in
              for slot in slots {
                let word = Hash256(state.storage(address, slot))
                storage.member(Hash256(slot).hex, word.hex)
              }
            }
          }
        }
      }
    }
  }

  /// The block as `eth_getBlockByNumber` gives it.
  func blockJSON() -> String {
    var writer = JSONWriter()
    writer.object { root in
      write(block.header, to: &root)
      root.member("hash", block.header.hash.hex)
      root.member("size", "0x3e8")
      root.key("transactions")
      root.array { list in
        for (transaction, sender) in zip(block.transactions, senders) {
          list.object { write(transaction, from: sender, to: &$0) }
        }
      }
      if let withdrawals = block.withdrawals {
        root.key("withdrawals")
        root.array { list in
          for withdrawal in withdrawals {
            list.object {
              $0.member("index", UInt256(withdrawal.index).hex)
              $0.member("validatorIndex", UInt256(withdrawal.validatorIndex).hex)
              $0.member("address", withdrawal.address.hex)
              $0.member("amount", UInt256(withdrawal.amount).hex)
            }
          }
        }
      }
    }
    return writer.text
  }

  private func write(_ header: Header, to root: inout JSONWriter) {
    root.member("parentHash", header.parentHash.hex)
    root.member("sha3Uncles", header.ommersHash.hex)
    root.member("miner", header.coinbase.hex)
    root.member("stateRoot", header.stateRoot.hex)
    root.member("transactionsRoot", header.transactionsRoot.hex)
    root.member("receiptsRoot", header.receiptsRoot.hex)
    root.member("logsBloom", Hex.encode(header.logsBloom.bytes))
    root.member("difficulty", header.difficulty.hex)
    root.member("number", UInt256(header.number).hex)
    root.member("gasLimit", UInt256(header.gasLimit).hex)
    root.member("gasUsed", UInt256(header.gasUsed).hex)
    root.member("timestamp", UInt256(header.timestamp).hex)
    root.member("extraData", "0x")
    root.member("mixHash", header.prevRandao.hex)
    root.member("nonce", "0x0000000000000000")
    if let fee = header.baseFeePerGas { root.member("baseFeePerGas", fee.hex) }
    if let hash = header.withdrawalsRoot { root.member("withdrawalsRoot", hash.hex) }
    if let gas = header.blobGasUsed { root.member("blobGasUsed", UInt256(gas).hex) }
    if let gas = header.excessBlobGas { root.member("excessBlobGas", UInt256(gas).hex) }
    if let hash = header.parentBeaconBlockRoot { root.member("parentBeaconBlockRoot", hash.hex) }
    if let hash = header.requestsHash { root.member("requestsHash", hash.hex) }
  }

  private func write(
    _ transaction: Transaction, from sender: Address, to writer: inout JSONWriter
  ) {
    let kind = transaction.kind
    writer.member("type", UInt256(UInt64(kind.rawValue)).hex)
    writer.member("hash", transaction.hash.hex)
    writer.member("from", sender.hex)
    writer.key("to")
    if let to = transaction.to { writer.value(to.hex) } else { writer.null() }
    writer.member("nonce", UInt256(transaction.nonce).hex)
    writer.member("gas", UInt256(transaction.gasLimit).hex)
    writer.member("value", transaction.value.hex)
    writer.member("input", Hex.encode(transaction.data))
    writer.member("gasPrice", transaction.maxFeePerGas.hex)
    if kind.hasDynamicFee {
      writer.member("maxFeePerGas", transaction.maxFeePerGas.hex)
      writer.member("maxPriorityFeePerGas", transaction.maxPriorityFeePerGas.hex)
    }
    let parity = UInt64(transaction.signature.yParity)
    var v = parity
    if kind == .legacy { v += transaction.chainID.map { 35 + 2 * $0 } ?? 27 }
    writer.member("v", UInt256(v).hex)
    writer.member("r", transaction.signature.r.hex)
    writer.member("s", transaction.signature.s.hex)
    guard kind != .legacy, let chainID = transaction.chainID else { return }
    writer.member("yParity", UInt256(parity).hex)
    writer.member("chainId", UInt256(chainID).hex)
    writer.key("accessList")
    writer.array { list in
      for entry in transaction.accessList {
        list.object {
          $0.member("address", entry.address.hex)
          $0.key("storageKeys")
          $0.array { keys in entry.slots.forEach { keys.value(Hash256($0).hex) } }
        }
      }
    }
    if kind == .blob {
      writer.member("maxFeePerBlobGas", transaction.maxFeePerBlobGas.hex)
      writer.key("blobVersionedHashes")
      writer.array { list in
        transaction.blobVersionedHashes.forEach { list.value($0.hex) }
      }
    }
    guard kind == .setCode else { return }
    writer.key("authorizationList")
    writer.array { list in
      for wish in transaction.authorizations {
        list.object {
          $0.member("chainId", wish.chainID.hex)
          $0.member("address", wish.address.hex)
          $0.member("nonce", UInt256(wish.nonce).hex)
          $0.member("yParity", UInt256(UInt64(wish.signature.yParity)).hex)
          $0.member("r", wish.signature.r.hex)
          $0.member("s", wish.signature.s.hex)
        }
      }
    }
  }
}
