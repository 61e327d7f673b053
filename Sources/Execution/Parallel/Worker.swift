// One thread's share of the parallel execution of a block.

import EVM
import Ledger
import Primitives
import State

/// A machine, workspaces for batches that wait for their turn, and one for what is executed in turn.
final class Worker<Point: SchedulingPoint> {
  typealias Memory = MultiVersionMemory<Point>

  let records: UnsafeMutablePointer<WorkerRecords<Point>>
  /// Where batches are executed whose turn has come.
  let inTurn: UnsafeMutablePointer<Workspace<Point>>
  /// Where batches of this block were executed ahead of their turn.
  private var ahead: [UnsafeMutablePointer<Workspace<Point>>] = []
  /// What is left of earlier blocks.
  private var spare: [UnsafeMutablePointer<Workspace<Point>>] = []
  private let memory: UnsafeMutablePointer<Memory>
  private let machine: EVM
  private let memoryLimit: Int
  private var blooms = BloomFiller()
  private var environment = BlockEnvironment()
  private var rules = TransactionRules(.latest)
  private var listsAccesses = false

  init(memory: UnsafeMutablePointer<Memory>, memoryLimit: Int) {
    self.memory = memory
    self.memoryLimit = memoryLimit
    machine = EVM(memoryLimit: memoryLimit)
    records = .allocate(capacity: 1)
    records.initialize(to: WorkerRecords())
    inTurn = .allocate(capacity: 1)
    inTurn.initialize(
      to: Workspace(machine: machine, memoryLimit: memoryLimit, memory: memory, records: records))
  }

  deinit {
    for workspace in ahead + spare + [inTurn] {
      workspace.deinitialize(count: 1)
      workspace.deallocate()
    }
    records.deinitialize(count: 1)
    records.deallocate()
  }

  /// Makes ready for a block. With `listsAccesses`, workspaces note what is accessed.
  func begin(_ block: borrowing ExecutableBlock, listsAccesses: Bool) {
    self.listsAccesses = listsAccesses
    records.pointee.reset()
    environment = block.environment
    rules = block.rules
    machine.begin(block: environment, fork: rules.fork)
    inTurn.pointee.begin(environment, rules: rules, listsAccesses: listsAccesses)
    // All that are left wait in the order in which they are taken: the first ones are taken most.
    while let workspace = ahead.popLast() { spare.append(workspace) }
  }

  /// A workspace that is free, or nil when so many hold batches that wait for their turn.
  func takeWorkspace(ofAtMost limit: Int) -> UnsafeMutablePointer<Workspace<Point>>? {
    // The first free one was used most lately, so that its memory is near.
    let free = ahead.prefix(limit).first { $0.pointee.isFree.load() == 1 }
    guard let workspace = free ?? addWorkspace(ofAtMost: limit) else { return nil }
    workspace.pointee.isFree.store(0)
    workspace.pointee.clear()
    return workspace
  }

  private func addWorkspace(ofAtMost limit: Int) -> UnsafeMutablePointer<Workspace<Point>>? {
    if ahead.count >= limit { return nil }
    let workspace = spare.popLast() ?? makeWorkspace()
    workspace.pointee.begin(environment, rules: rules, listsAccesses: listsAccesses)
    ahead.append(workspace)
    return workspace
  }

  private func makeWorkspace() -> UnsafeMutablePointer<Workspace<Point>> {
    let workspace = UnsafeMutablePointer<Workspace<Point>>.allocate(capacity: 1)
    workspace.initialize(
      to: Workspace(machine: machine, memoryLimit: memoryLimit, memory: memory, records: records))
    return workspace
  }

  /// Executes the next transaction of a batch on `workspace` and puts its receipt, which counts gas
  /// from the start of the batch and whose filter is empty, at `receipt`. After an error nothing of it
  /// is left, unless `executor.hasSettled`.
  @inline(__always)
  func execute(
    _ transaction: UnsafePointer<Transaction>, from sender: Address,
    on workspace: UnsafeMutablePointer<Workspace<Point>>,
    receipt: UnsafeMutablePointer<Receipt>
  ) throws(ExecutionError) {
    let executor = workspace.pointee.executor
    do throws(ExecutionError) {
      let outcome = try executor.execute(transaction.pointee, from: sender)
      receipt.initialize(
        to: Receipt(
          kind: transaction.pointee.kind,
          outcome: executor.rules.receiptsHaveStatus
            ? .status(outcome.succeeded) : .stateRoot(.zero),
          cumulativeGasUsed: executor.gasUsed, bloom: Bloom(), logs: outcome.logs))
    } catch {
      executor.state.undoTransaction()
      throw error
    }
  }

  /// Fills in the filters of the first `count` of the receipts of a batch that was executed on
  /// `workspace`.
  func fillBlooms(
    of receipts: UnsafeMutablePointer<Receipt>, count: Int,
    on workspace: UnsafeMutablePointer<Workspace<Point>>
  ) {
    blooms.fill(
      UnsafeMutableBufferPointer(start: receipts, count: count),
      addingTo: &workspace.pointee.bloom)
  }
}
