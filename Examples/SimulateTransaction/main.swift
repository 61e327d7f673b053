// What a transaction would do, before anybody signs it.

import Needletail

// A token that moves CALLDATALOAD(32) from the caller's slot to that of CALLDATALOAD(0), or reverts where the
// caller has less.
let token = try Address(hex: "0x000000000000000000000000000000000000c01d")
let code = try Hex.decode("0x60203533548181106019570333556020355f3554015f3555005b5f5ffd")
let alice = try Address(hex: "0x00000000000000000000000000000000000a11ce")
let bob = try Address(hex: "0x0000000000000000000000000000000000000b0b")

// The state to try it on. Any `StateView` serves: this one lives in memory, others ask a store or a node.
let state = MemoryState([
  AccountAllocation(address: alice, balance: 1_000_000_000_000_000_000),
  AccountAllocation(address: token, nonce: 1, code: code, storage: [alice.word: 100]),
])
let chain = ChainRules(chainID: 1, always: .latest)

/// What a transfer of `amount` from Alice to Bob would do. Nobody has signed it: who sends is said beside it.
@MainActor func simulate(_ amount: UInt256) throws {
  let transfer = Transaction(
    kind: .dynamicFee, chainID: 1, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 10,
    gasLimit: 100_000, to: token, data: bob.word.bigEndianBytes + amount.bigEndianBytes)
  let block = Block(
    header: Header(number: 1, gasLimit: 30_000_000, timestamp: 1, baseFeePerGas: 7),
    transactions: [transfer], withdrawals: [])
  let outcome = try SequentialExecutor().execute(
    ExecutableBlock(block, senders: [alice], rules: chain), on: state)
  print("transfer \(amount.decimal): \(outcome.receipts[0].outcome), \(outcome.gasUsed) gas")
  // The state is as it was: the changes are there to be looked at.
  for change in outcome.diff.accounts where change.address == token {
    for slot in change.storage {
      let before = state.storage(token, slot.slot)
      print("  \(Address(truncating: slot.slot)): \(before.decimal) -> \(slot.value.decimal)")
    }
  }
}

try simulate(30)
try simulate(300)
