// The state as the running transaction sees it: a cache over a view, and a journal.

public import Ledger
import Primitives

/// The state that the transactions of a block read and change, over a read-only view.
///
/// It lives for a block and remembers everything the block has read or changed; each transaction
/// begins with `beginTransaction` and ends with `endTransaction`. Changes since a `checkpoint` are
/// undone by `revert(to:)`. At the end of the block `diff` tells what became of the view.
///
/// No access allocates, except that tables double now and then; marks that belong to a transaction
/// (warm, created, transient) carry its number, so that beginning the next one costs nothing.
///
/// When the view cannot answer, `failure` says so and reads answer as if nothing was there; whoever
/// executes must look at it before believing an outcome.
public final class TransactionState {
  /// Everything that changes, behind a pointer: a class property changed in place would pay for an
  /// exclusivity check each time.
  let core: UnsafeMutablePointer<Core>

  struct Core: ~Copyable {
    var view: any StateView
    var rules: AccountRules
    var accounts: InternTable<AccountEntry>
    var slots: InternTable<SlotEntry>
    var transients: InternTable<TransientEntry>
    var counters: RawBuffer<CounterBounds>
    var journal: RawBuffer<JournalRecord>
    var logs: LogArena
    /// What the tables may still take.
    let budget: UnsafeMutablePointer<MemoryBudget>
    /// The number of the running transaction in this block, from 2; no mark is made by 0.
    var epoch: UInt32 = 1
    /// Whether the journal holds marks that the end of the transaction acts on.
    var hasEndMarks = false
    /// Whether 0x03 was touched while empty by a call that was then reverted.
    var isRIPEMDTouched = false
    /// How many questions the view was asked.
    var readCount: UInt32 = 0
    /// What no transaction finds cold.
    var alwaysWarm = SmallAddressSet()
    /// Who is told what transactions change.
    var recorder: ChangeRecorder?
    /// The account looked up last.
    var lastAddress = Address.zero
    var lastIndex = AccountEntry.none
    /// The codes stored in this block, by hash.
    var newCodes: [Hash256: Code] = [:]
    /// How much of the budget they take.
    var newCodeBytes = 0
    var failure: StateReadError?
    var hasFailed = false

    init(view: any StateView, rules: AccountRules, memoryLimit: Int) {
      self.view = view
      self.rules = rules
      budget = .allocate(capacity: 1)
      budget.initialize(to: MemoryBudget(limit: memoryLimit))
      accounts = InternTable(capacity: 256, budget: budget)
      slots = InternTable(capacity: 512, budget: budget)
      transients = InternTable(capacity: 16, budget: budget)
      counters = RawBuffer(capacity: 4, budget: budget)
      journal = RawBuffer(capacity: 256, budget: budget)
      logs = LogArena(budget: budget)
    }

    deinit { budget.deallocate() }
  }

  /// A state over `view`, whose tables may grow by `memoryLimit` bytes together.
  public init(view: any StateView, rules: AccountRules, memoryLimit: Int = 1 << 30) {
    core = .allocate(capacity: 1)
    core.initialize(to: Core(view: view, rules: rules, memoryLimit: memoryLimit))
  }

  deinit {
    core.deinitialize(count: 1)
    core.deallocate()
  }

  /// Whether the tables have come to their limit, or the view could not answer: nothing since then is
  /// to be believed, and going on is in vain.
  public var isExhausted: Bool { hasNoRoom || core.pointee.hasFailed }

  /// Whether the tables have come to their limit.
  public var hasNoRoom: Bool { core.pointee.budget.pointee.isExhausted }

  /// Forgets everything and starts anew over `view`, keeping the memory unless it is a lot.
  public func reset(view: any StateView, rules: AccountRules) {
    let budget = core.pointee.budget.pointee
    if budget.isExhausted || budget.left < budget.limit / 2 {
      // One hungry block must not starve the next.
      let (recorder, alwaysWarm) = (core.pointee.recorder, core.pointee.alwaysWarm)
      core.deinitialize(count: 1)
      core.initialize(to: Core(view: view, rules: rules, memoryLimit: budget.limit))
      core.pointee.recorder = recorder
      core.pointee.alwaysWarm = alwaysWarm
      return
    }
    core.pointee.view = view
    core.pointee.rules = rules
    forget()
    core.pointee.newCodes.removeAll(keepingCapacity: true)
    core.pointee.budget.pointee.giveBack(core.pointee.newCodeBytes)
    core.pointee.newCodeBytes = 0
  }

  /// Forgets what was read and changed, but for the codes that were stored: the next transaction asks
  /// the view anew.
  public func forget() {
    core.pointee.accounts.removeAll()
    core.pointee.slots.removeAll()
    core.pointee.transients.removeAll()
    core.pointee.counters.truncate(to: 0)
    core.pointee.journal.truncate(to: 0)
    core.pointee.logs.truncate(to: 0)
    core.pointee.epoch = 1
    core.pointee.hasEndMarks = false
    core.pointee.isRIPEMDTouched = false
    core.pointee.lastIndex = AccountEntry.none
    core.pointee.readCount = 0
    if core.pointee.hasFailed {
      core.pointee.failure = nil
      core.pointee.hasFailed = false
    }
  }

  /// Why the view could not answer, when it once could not: nothing since then is to be believed.
  public var failure: StateReadError? {
    // An error is costly to copy even when there is none.
    core.pointee.hasFailed ? core.pointee.failure : nil
  }

  /// Keeps the first failure.
  @inline(never)
  func fail(_ error: StateReadError) {
    if core.pointee.hasFailed { return }
    core.pointee.failure = error
    core.pointee.hasFailed = true
  }
}

/// What the forks disagree on about the life of accounts.
@frozen
public struct AccountRules: Sendable, Hashable {
  /// Whether accounts that were touched and are empty are removed at the end of the transaction
  /// (EIP-161, Spurious Dragon).
  public var clearsEmptyAccounts: Bool
  /// Whether SELFDESTRUCT deletes only what was created in the same transaction (EIP-6780, Cancun).
  public var destroysOnlyNewContracts: Bool

  /// These rules.
  public init(clearsEmptyAccounts: Bool, destroysOnlyNewContracts: Bool) {
    self.clearsEmptyAccounts = clearsEmptyAccounts
    self.destroysOnlyNewContracts = destroysOnlyNewContracts
  }

  /// The rules of `fork`.
  public init(_ fork: Fork) {
    self.init(
      clearsEmptyAccounts: fork >= .spuriousDragon, destroysOnlyNewContracts: fork >= .cancun)
  }
}
