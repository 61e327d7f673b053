// A random block over a small state with a few hot accounts and slots.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// A block, the state before it, and what comes of it one transaction after another.
struct BlockCase {
  typealias Outcome = Result<BlockOutcome, BlockExecutionError>

  let scene: BlockScene
  let view: MemoryState
  let expected: Outcome

  /// The block of `scene`.
  init(_ scene: BlockScene, by sequential: SequentialExecutor) {
    self.scene = scene
    view = scene.state()
    expected = Self.outcome(of: scene.block, on: view, by: sequential)
  }

  /// A case of up to `limit` transactions, most of them valid.
  init(_ generator: inout SeededGenerator, upTo limit: Int, by sequential: SequentialExecutor) {
    var writer = StateCaseWriter(&generator)
    let count = generator.within(1...limit)
    let (world, transactions, senders) = writer.block(&generator, count: count)
    let rules = TransactionRules(generator.pick(world.forks))
    var block = ExecutableBlock(
      environment: world.environment(rules), rules: rules, transactions: transactions,
      senders: senders, withdrawals: Self.withdrawals(&generator, rules.fork))
    view = MemoryState(world.accounts)
    var outcome = Self.outcome(of: block, on: view, by: sequential)
    // A block ends with its first refused transaction: most are to come further.
    while !generator.oneIn(10), case .failure(.transaction(let index, .invalid)) = outcome {
      block.transactions.remove(at: index)
      block.senders.remove(at: index)
      outcome = Self.outcome(of: block, on: view, by: sequential)
    }
    scene = BlockScene(block, accounts: world.accounts)
    expected = outcome
  }

  private static func withdrawals(
    _ generator: inout SeededGenerator, _ fork: Fork
  ) -> [Withdrawal] {
    guard fork >= .shanghai, generator.oneIn(3) else { return [] }
    return [
      Withdrawal(
        index: 0, validatorIndex: 0,
        address: generator.pick([Address(0x1000), Address(0xc0_1ba5e), Address(0xdead)]),
        amount: UInt64(generator.below(3)))
    ]
  }

  private static func outcome(
    of block: ExecutableBlock, on view: MemoryState, by executor: some BlockExecutor
  ) -> Outcome {
    do throws(BlockExecutionError) {
      return .success(try executor.execute(block, on: view))
    } catch {
      return .failure(error)
    }
  }

  /// Where the block comes to something else by `executor`, which was told `predicted`; nil where it
  /// does not.
  func difference(
    by executor: some BlockExecutor, predicted: BlockAccessList? = nil
  ) -> String? {
    var block = scene.block
    block.predictedAccesses = predicted
    let found = Self.outcome(of: block, on: view, by: executor)
    if found == expected { return nil }
    return "\(block.rules.fork), \(block.transactions.count) transactions: "
      + Self.difference(found, expected)
  }

  /// What the block accesses, perhaps with something wrong in it; nil mostly.
  func prediction(_ generator: inout SeededGenerator) -> BlockAccessList? {
    guard generator.oneIn(3), case .success(let outcome) = expected, var list = outcome.accessList
    else { return nil }
    if generator.oneIn(2), !list.accounts.isEmpty {
      let index = generator.below(list.accounts.count)
      let other = generator.pick(list.accounts)
      list.accounts[index].balanceChanges = other.balanceChanges
      list.accounts[index].nonceChanges = other.nonceChanges
      list.accounts[index].codeChanges = other.codeChanges
      list.accounts[index].storageChanges = other.storageChanges.shuffled(using: &generator)
    }
    return list
  }

  /// Where two outcomes differ first.
  private static func difference(_ found: Outcome, _ expected: Outcome) -> String {
    guard case .success(let found) = found, case .success(let expected) = expected else {
      func text(_ outcome: Outcome) -> String {
        if case .failure(let error) = outcome { "\(error)" } else { "a success" }
      }
      return "\(text(found)), expected \(text(expected))"
    }
    for (index, pair) in zip(found.receipts, expected.receipts).enumerated() where pair.0 != pair.1
    {
      return "receipt \(index): \(pair.0), expected \(pair.1)"
    }
    for change in expected.diff.accounts where !found.diff.accounts.contains(change) {
      let other = found.diff.accounts.first { $0.address == change.address }
      return "expected \(change), not \(other.map { "\($0)" } ?? "no change")"
    }
    for change in found.diff.accounts where !expected.diff.accounts.contains(change) {
      return "unexpected \(change)"
    }
    if found.accessList != expected.accessList {
      return "access list \(found.accessList.map { "\($0)" } ?? "none"), "
        + "expected \(expected.accessList.map { "\($0)" } ?? "none")"
    }
    let codes = (found.diff.codes.map(\.hash), expected.diff.codes.map(\.hash))
    if codes.0 != codes.1 { return "codes \(codes.0), expected \(codes.1)" }
    if found.requests != expected.requests {
      return "requests \(found.requests), expected \(expected.requests)"
    }
    return "gas \(found.gasUsed), expected \(expected.gasUsed); or the bloom, or the blobs' gas"
  }
}
