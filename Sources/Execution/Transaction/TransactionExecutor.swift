// One transaction after another, each in four phases.

public import EVM
public import Ledger
public import Primitives
public import State

/// Executes transactions over a state: validate → prepare → execute → settle.
///
/// One instance serves one thread and is used again from block to block; it keeps the machine's and
/// the state's memory.
public final class TransactionExecutor {
  /// The state that the transactions read and change.
  public let state: TransactionState
  /// The machine that runs their code.
  public let machine: EVM
  /// Hears of each executed transaction what became of it, and what it returned: for whoever prints
  /// traces.
  @exclusivity(unchecked)
  public var didExecute: ((TransactionOutcome, UnsafeRawBufferPointer) -> Void)?

  // These are, as `didExecute` is, written between transactions and read all the time; the dynamic
  // check of each access to a class property would be a tenth of a transfer.

  /// The block around them.
  @exclusivity(unchecked) public private(set) var block = BlockEnvironment()
  /// The rules of the block.
  @exclusivity(unchecked) public private(set) var rules = TransactionRules(.latest)
  /// The gas that the transactions of the block have used.
  @exclusivity(unchecked) public private(set) var gasUsed: UInt64 = 0
  /// What the last transaction returned; valid until the next one.
  @exclusivity(unchecked)
  public private(set) var output = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The most gas that the last transaction had used at any time, before anything came back.
  @exclusivity(unchecked) public private(set) var peakGasUsed: UInt64 = 0
  /// The blob gas that they have used.
  @exclusivity(unchecked) public private(set) var blobGasUsed: UInt64 = 0
  /// The addresses at which no account's code runs, but the machine's own.
  @exclusivity(unchecked) private var precompiles = SmallAddressSet()
  /// Whether a coinbase that the transaction has nothing else to do with is left to be paid by
  /// whoever puts the transactions together.
  @exclusivity(unchecked) private var defersFee = false
  /// What the transactions left to be paid; nil where they paid all themselves.
  @exclusivity(unchecked) private(set) var deferredFees: UInt256?
  /// Precompiled contracts that stand elsewhere.
  @exclusivity(unchecked) private var moved: MovedPrecompiles?
  /// Whether the last transaction came so far that it can no longer be undone.
  @exclusivity(unchecked) private(set) var hasSettled = false

  /// An executor whose machine may take `memoryLimit` bytes for EVM memory, and whose state may take
  /// as many for what transactions read and change.
  public convenience init(memoryLimit: Int = EVM.defaultMemoryLimit) {
    self.init(machine: EVM(memoryLimit: memoryLimit), memoryLimit: memoryLimit)
  }

  /// An executor on a machine that others use in turns with it.
  init(machine: EVM, memoryLimit: Int) {
    state = TransactionState(
      view: MemoryState(), rules: AccountRules(.latest), memoryLimit: memoryLimit)
    self.machine = machine
  }

  /// Begins a block over a state.
  public func begin(_ block: BlockEnvironment, rules: TransactionRules, on view: any StateView) {
    machine.begin(block: block, fork: rules.fork)
    join(block, rules: rules, on: view)
  }

  /// Begins a block which the machine, used by several executors in turns, has begun already.
  func join(_ block: BlockEnvironment, rules: TransactionRules, on view: any StateView) {
    self.block = block
    self.rules = rules
    resume(gasUsed: 0, blobGasUsed: 0, defersFee: false)
    state.reset(view: view, rules: AccountRules(rules.fork))
    moved = nil
    precompiles = PrecompileTable.of(rules.fork).smallAddresses
    state.keepWarm(rules.hasAccessCosts ? precompiles : SmallAddressSet())
  }

  /// Lets precompiled contracts stand at other addresses in the block that was begun.
  public func movePrecompiles(_ moved: MovedPrecompiles) {
    self.moved = moved
    machine.movePrecompiles(moved)
  }

  /// Goes on at a place of the block where so much is used.
  func resume(gasUsed: UInt64, blobGasUsed: UInt64, defersFee: Bool) {
    self.gasUsed = gasUsed
    self.blobGasUsed = blobGasUsed
    self.defersFee = defersFee
    deferredFees = nil
  }

  /// Executes the next transaction of the block, which `sender` has signed.
  ///
  /// A refused transaction changes nothing. After any other error the block cannot go on.
  public func execute(
    _ transaction: borrowing Transaction, from sender: Address
  ) throws(ExecutionError) -> TransactionOutcome {
    hasSettled = false
    let charges = try validate(transaction, from: sender)
    let authorizationRefund = prepare(transaction, from: sender, charges)
    let result = run(transaction, from: sender, charges)
    try checkState()
    if result.halt == .memoryLimit { throw machine.hasStopped ? .stopped : .memoryLimit }
    output = result.output
    hasSettled = true
    let gas = settle(transaction, from: sender, charges, result, authorizationRefund)
    try checkState()
    gasUsed += gas
    blobGasUsed += charges.blobGas
    let outcome = TransactionOutcome(
      halt: result.halt, gasUsed: gas, blobGasUsed: charges.blobGas, logs: state.collectLogs(),
      createdAddress: result.createdAddress)
    didExecute?(outcome, output)
    return outcome
  }

  /// Throws what would refuse the transaction as the next of the block; changes nothing.
  public func check(
    _ transaction: borrowing Transaction, from sender: Address
  ) throws(ExecutionError) {
    _ = try validate(transaction, from: sender)
  }

  /// Pays `amount` out of nothing, between transactions: a reward or a withdrawal. Touches the
  /// account, even for nothing. Throws `balanceOverflow`, and pays nothing, where the balance would
  /// leave 256 bits.
  public func pay(_ amount: UInt256, to address: Address) throws(BlockExecutionError) {
    if state.balance(of: address).addingReportingOverflow(amount).overflow {
      throw .balanceOverflow(address)
    }
    credit(amount, to: address)
  }

  /// Touches an account between transactions, as a payment of nothing does.
  public func touch(_ address: Address) { credit(.zero, to: address) }

  private func credit(_ amount: UInt256, to address: Address) {
    state.beginTransaction()
    state.credit(amount, to: address)
    state.endTransaction()
  }

  /// Throws when the state could not answer a question, or had no room, so far.
  func checkState() throws(ExecutionError) {
    guard state.isExhausted else { return }
    if state.hasNoRoom { throw .memoryLimit }
    if let failure = state.failure { throw .state(failure) }
  }

  // MARK: The phases

  private func validate(
    _ transaction: borrowing Transaction, from sender: Address
  ) throws(ExecutionError) -> TransactionCharges {
    do throws(InvalidTransaction) {
      return try charges(for: transaction, from: sender)
    } catch {
      try checkState()
      throw .invalid(error)
    }
  }

  /// Buys the gas, counts the nonce, and writes delegations. Returns what the delegations give back.
  private func prepare(
    _ transaction: borrowing Transaction, from sender: Address, _ charges: TransactionCharges
  ) -> UInt64 {
    state.beginTransaction()
    let gasFee = UInt256(transaction.gasLimit) &* charges.gasPrice
    state.debit(gasFee &+ charges.blobFee, from: sender)
    state.incrementNonce(of: sender)
    guard transaction.kind == .setCode else { return 0 }
    warm(transaction, from: sender)
    return writeDelegations(transaction.authorizations)
  }

  /// EIP-2929, EIP-2930, EIP-3651.
  private func warm(_ transaction: borrowing Transaction, from sender: Address) {
    guard rules.hasAccessCosts else { return }
    _ = state.accessAccount(sender)
    if let recipient = transaction.to { _ = state.accessAccount(recipient) }
    if rules.warmsCoinbase { _ = state.accessAccount(block.coinbase) }
    for entry in transaction.accessList {
      _ = state.accessAccount(entry.address)
      for slot in entry.slots { state.accessStorage(entry.address, slot) }
    }
  }

  /// What the machine gets: all but the intrinsic gas, as far as the machine can count.
  private func gasForMachine(
    _ transaction: borrowing Transaction, _ charges: TransactionCharges
  ) -> Int64 {
    Swift.min(Int64(clamping: transaction.gasLimit - charges.intrinsicGas), EVM.maximumGas)
  }

  private func run(
    _ transaction: borrowing Transaction, from sender: Address, _ charges: TransactionCharges
  ) -> ExecutionResult {
    let gas = gasForMachine(transaction, charges)
    if transferOnly(transaction, from: sender) {
      return ExecutionResult(gasLeft: gas)
    }
    if transaction.kind != .setCode { warm(transaction, from: sender) }
    return transaction.data.withUnsafeBytes { input in
      machine.execute(
        TransactionMessage(
          origin: sender, gasPrice: charges.gasPrice, blobHashes: transaction.blobVersionedHashes,
          recipient: transaction.to, value: transaction.value, gas: gas, input: input),
        host: state)
    }
  }

  /// Moves the value, if that is all that the transaction does: nobody is watching, and nothing runs
  /// at the recipient. What is warm does not matter then.
  private func transferOnly(
    _ transaction: borrowing Transaction, from sender: Address
  ) -> Bool {
    guard let recipient = transaction.to, machine.tracer == nil, moved == nil,
      transaction.accessList.isEmpty,
      transaction.kind != .setCode, !precompiles.contains(recipient),
      state.code(of: recipient).count == 0,
      transaction.value.isZero || state.hasBalance(transaction.value, of: sender)
    else { return false }
    state.transfer(transaction.value, from: sender, to: recipient)
    return true
  }

  /// Gives back what was not used, pays the coinbase, and ends the transaction. Returns the gas used.
  private func settle(
    _ transaction: borrowing Transaction, from sender: Address, _ charges: TransactionCharges,
    _ result: ExecutionResult, _ authorizationRefund: UInt64
  ) -> UInt64 {
    // What the machine was not given is left over too, unless the run failed and used up all.
    let given = charges.intrinsicGas + UInt64(clamping: gasForMachine(transaction, charges))
    let limit = result.gasLeft == 0 ? transaction.gasLimit : given
    let spent = limit - UInt64(clamping: result.gasLeft)
    let refund = authorizationRefund + UInt64(clamping: result.refund)
    peakGasUsed = Swift.max(spent, charges.floorGas)
    let used = Swift.max(spent - Swift.min(refund, spent / rules.refundQuotient), charges.floorGas)
    if used < transaction.gasLimit {
      state.credit(UInt256(transaction.gasLimit - used) &* charges.gasPrice, to: sender)
    }
    payCoinbase(UInt256(used) &* charges.priorityFee)
    state.endTransaction(succeeded: result.halt == nil)
    return used
  }

  private func payCoinbase(_ fee: UInt256) {
    if defersFee && !state.isLoaded(block.coinbase) {
      deferredFees = (deferredFees ?? .zero) &+ fee
    } else {
      state.credit(fee, to: block.coinbase)
    }
  }
}
