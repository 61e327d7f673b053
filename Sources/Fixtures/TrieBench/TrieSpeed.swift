// How fast the state root follows blocks.

internal import Ledger
internal import Primitives
internal import Samples
public import State

/// What was measured of the state root.
public struct TrieSpeed: Sendable {
  /// What is measured.
  public struct Plan: Sendable {
    /// Accounts in the state.
    public var accounts = 1_000_000
    /// Slots of all contracts together.
    public var slots = 1_000_000
    /// Accounts that a block changes, and slots, each.
    public var changes = 20_000
    /// Contracts that share the slots.
    public var contracts = 1
    /// How many workers there are, in turns.
    public var workers = [1, 2]
    /// Blocks.
    public var rounds = 30
    /// Whether the trie that is changed key by key is measured, too.
    public var comparesStateTrie = true

    /// The plan of the issue.
    public init() {}
  }

  /// One way to the root.
  public struct Row: Sendable {
    /// Which way.
    public let name: String
    /// Milliseconds of each block.
    public let milliseconds: Series
    /// Milliseconds a block that went into keys, as they passed; nil where it is not known.
    public var keys: Double?
    /// Milliseconds a block that went into finding and changing nodes, of all workers together.
    public var structure: Double?
    /// Milliseconds a block that went into encoding and hashing nodes, of all workers together.
    public var hashes: Double?
  }

  /// What was measured.
  public let plan: Plan
  /// Bytes of all tries in memory.
  public internal(set) var memory = 0
  /// The ways to the root.
  public internal(set) var rows: [Row] = []

  /// Measures a plan; `progress` is told what comes.
  public static func measured(
    _ plan: Plan, progress: (String) -> Void = { _ in }
  ) throws(StateReadError) -> TrieSpeed {
    var speed = TrieSpeed(plan: plan)
    for workers in plan.workers {
      progress("\(workers) workers")
      try speed.measureWarm(workers)
    }
    progress("with nothing in memory")
    try speed.measureCold(plan.workers.max() ?? 1)
    if plan.comparesStateTrie {
      progress("the trie that is changed key by key")
      speed.measureStateTrie()
    }
    return speed
  }

  private mutating func measureWarm(_ workers: Int) throws(StateReadError) {
    let run = ConcurrentJobs.runner(workers: workers)
    var blocks = TrieBlocks(plan)
    let tries = StateTries(workerCount: workers, memoryLimit: .max)
    try blocks.forEachPart { part throws(StateReadError) in _ = try tries.apply(part, run: run) }
    memory = tries.memoryInUse
    rows.append(
      try measure("\(workers) worker\(workers == 1 ? "" : "s")", tries, &blocks, run, plan.rounds))
  }

  private mutating func measureCold(_ workers: Int) throws(StateReadError) {
    let run = ConcurrentJobs.runner(workers: workers)
    var blocks = TrieBlocks(plan)
    let whole = StateTries(
      workerCount: workers, memoryLimit: .max, source: SortedTrieSource(TrieChanges.none))
    try blocks.forEachPart { part throws(StateReadError) in _ = try whole.apply(part, run: run) }
    let source = SortedTrieSource(whole.takeChanges(run: run))
    var row: Row?
    // Each round begins with nothing in memory.
    for _ in 0..<max(1, plan.rounds / 10) {
      let tries = StateTries(
        workerCount: workers, memoryLimit: .max, source: source, root: whole.root)
      let next = try measure("cold, from lists in memory", tries, &blocks, run, 1)
      row = row.map { $0.joined(with: next) } ?? next
    }
    if let row { rows.append(row) }
  }

  private func measure(
    _ name: String, _ tries: StateTries, _ blocks: inout TrieBlocks, _ run: ConcurrentRun,
    _ rounds: Int
  ) throws(StateReadError) -> Row {
    let before = tries.times
    var series = Series()
    for _ in 0..<rounds {
      let diff = blocks.next()
      let start = WallClock.now
      _ = try tries.apply(diff, run: run)
      series.append(Double(WallClock.now - start) / 1e6)
    }
    func share(_ time: (StateTries.Times) -> Duration) -> Double {
      (time(tries.times) - time(before)) / .milliseconds(1) / Double(rounds)
    }
    return Row(
      name: name, milliseconds: series, keys: share(\.keys), structure: share(\.structure),
      hashes: share(\.hashes))
  }

  private mutating func measureStateTrie() {
    var blocks = TrieBlocks(plan)
    var trie = StateTrie()
    blocks.forEachPart { trie.apply($0) }
    _ = trie.root()
    var series = Series()
    for _ in 0..<max(1, plan.rounds / 10) {
      let diff = blocks.next()
      let start = WallClock.now
      trie.apply(diff)
      _ = trie.root()
      series.append(Double(WallClock.now - start) / 1e6)
    }
    rows.append(Row(name: "StateTrie, key by key", milliseconds: series))
  }
}

extension TrieSpeed.Row {
  fileprivate func joined(with other: Self) -> Self {
    TrieSpeed.Row(
      name: name, milliseconds: Series(milliseconds.values + other.milliseconds.values),
      keys: other.keys, structure: other.structure, hashes: other.hashes)
  }
}

/// A state and blocks of random changes.
struct TrieBlocks {
  private let plan: TrieSpeed.Plan
  private var random = SeededGenerator(seed: 1)

  init(_ plan: TrieSpeed.Plan) { self.plan = plan }

  /// The state in parts of a hundred thousand accounts and slots.
  mutating func forEachPart<Failure>(
    _ body: (StateDiff) throws(Failure) -> Void
  ) throws(Failure) {
    var start = 0
    while start < max(plan.accounts, plan.slots) {
      let end = start + 100_000
      try body(
        diff(
          accounts: Array(start..<max(start, min(end, plan.accounts))),
          slots: Array(start..<max(start, min(end, plan.slots)))))
      start = end
    }
  }

  /// A block.
  mutating func next() -> StateDiff {
    func some(_ count: Int) -> [Int] {
      count == 0 ? [] : Array(Set((0..<plan.changes).map { _ in random.below(count) }))
    }
    return diff(accounts: some(plan.accounts), slots: some(plan.slots))
  }

  private mutating func diff(accounts: [Int], slots: [Int]) -> StateDiff {
    var changes = accounts.map {
      AccountChange(
        address: address($0),
        account: Account(
          nonce: UInt64(random.below(1000)), balance: UInt256(random.next() >> 4)))
    }
    var storage = [[SlotChange]](repeating: [], count: plan.contracts)
    for slot in slots {
      storage[slot % plan.contracts].append(
        SlotChange(
          slot: UInt256(UInt64(slot)), value: UInt256(random.next() >> UInt64(random.below(60)) | 1)
        ))
    }
    for (contract, slots) in storage.enumerated() where !slots.isEmpty {
      changes.append(
        AccountChange(
          address: address(plan.accounts + contract),
          account: Account(nonce: 1, codeHash: Hash256(.one)), storage: slots))
    }
    return StateDiff(accounts: changes)
  }

  private func address(_ number: Int) -> Address {
    Address(l0: UInt64(number) &* 0x9e37_79b9_7f4a_7c15, l1: UInt64(number), l2: 7)
  }
}
