import Needletail

// A contract that counts its calls in slot 0: SSTORE(0, SLOAD(0) + 1).
let counter = try Address(hex: "0x00000000000000000000000000000000000c0de0")
let countCalls = try Hex.decode("0x600054600101600055")

// A key, and the account it signs for.
let key = UInt256(0xa11ce)
guard let alice = Secp256k1.address(ofPrivateKey: key) else { fatalError("not a private key") }

// The state before the block. Any `StateView` serves; this one lives in memory.
let state = MemoryState([
  AccountAllocation(address: alice, balance: 1_000_000_000_000_000_000),
  AccountAllocation(address: counter, nonce: 1, code: countCalls, storage: [0: 41]),
])

// A signed transaction in a block of its own, by the newest rules.
let chain = ChainRules(chainID: 1, always: .latest)
let draft = Transaction(
  kind: .dynamicFee, chainID: 1, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 10,
  gasLimit: 100_000, to: counter)
guard let transaction = draft.signed(by: key) else { fatalError("not a private key") }
let block = Block(
  header: Header(number: 1, gasLimit: 30_000_000, timestamp: 1, baseFeePerGas: 7),
  transactions: [transaction], withdrawals: [])

// Execution is a function: block and state go in, the outcome comes out, the state is not changed.
let outcome = try SequentialExecutor().execute(
  ExecutableBlock(block, senders: [try transaction.recoverSender()], rules: chain), on: state)
print("sender   ", alice.checksummed)
print("outcome  ", outcome.receipts[0].outcome)
print("gas used ", outcome.gasUsed)

// The caller decides what becomes of the changes.
state.apply(outcome.diff)
print("counter  ", state.storage(counter, 0))
print("root     ", state.root())
