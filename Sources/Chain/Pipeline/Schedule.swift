// What a pipeline does next.

import Synchronization

/// The blocks that are under way, in order, and what may be done with them now.
struct Schedule {
  /// Something that one thread does.
  enum Task {
    case open(BlockInFlight)
    case prepare(BlockInFlight, part: Int)
    case execute(BlockInFlight)
    case root(BlockInFlight)

    /// The block that it is about.
    var block: BlockInFlight {
      switch self {
      case .open(let block), .prepare(let block, _), .execute(let block), .root(let block): block
      }
    }
  }

  /// How many executed blocks may wait for their roots.
  private static let rootsAhead = 3

  /// Those that are not committed yet, the oldest first.
  private(set) var blocks: [BlockInFlight] = []
  /// How many blocks may be prepared before the one that is executed.
  let preparedAhead: Int
  /// Why no more blocks are taken: what is wrong with the one behind the last of `blocks`.
  private(set) var failure: PipelineError?
  /// How many threads are at a task.
  private(set) var running = 0
  private var isExecuting = false
  private var isRooting = false
  private var isCommitting = false
  /// Whether nothing more is begun.
  var isClosed = false

  init(preparedAhead: Int) { self.preparedAhead = preparedAhead }

  /// Adds a block, unless the one that it follows has failed.
  mutating func append(_ block: BlockInFlight) { if failure == nil { blocks.append(block) } }

  /// Gives up a block and all behind it. Those before it go on; what is wrong with them counts more.
  mutating func fail(_ error: PipelineError, at block: BlockInFlight) {
    guard let index = blocks.firstIndex(where: { $0 === block }) else { return }
    blocks.removeSubrange(index...)
    failure = error
  }

  /// Whether nothing is being done, and nothing can be done.
  var isAtRest: Bool {
    running == 0 && !isCommitting && blocks.isEmpty
  }

  /// What to do next: finish old blocks before new ones are begun, but keep everybody busy.
  mutating func take() -> Task? {
    guard !isClosed, let task = next() else { return nil }
    running += 1
    return task
  }

  private mutating func next() -> Task? {
    if !isRooting, let block = blocks.first(where: { $0.stage < .rooted }), block.stage == .executed
    {
      isRooting = true
      return .root(block)
    }
    if !isExecuting, let index = blocks.firstIndex(where: { $0.stage < .executed }),
      blocks[index].stage == .prepared, mayExecute(at: index)
    {
      isExecuting = true
      return .execute(blocks[index])
    }
    let executed = blocks.firstIndex { $0.stage < .executed } ?? blocks.count
    for block in blocks[executed...].prefix(preparedAhead + 1) {
      if block.stage == .waiting && !block.isBeingOpened {
        block.isBeingOpened = true
        return .open(block)
      }
      if block.stage == .opened && block.partsClaimed < block.partCount {
        defer { block.partsClaimed += 1 }
        return .prepare(block, part: block.partsClaimed)
      }
    }
    return nil
  }

  private func mayExecute(at index: Int) -> Bool {
    let unrooted = blocks[..<index].count { $0.stage < .rooted }
    return unrooted == 0 || (unrooted < Self.rootsAhead && !blocks[index].needsParentRoot)
  }

  /// Notes that a block cannot be executed before its parent's root is known.
  mutating func postpone(_ block: BlockInFlight) {
    running -= 1
    isExecuting = false
    block.needsParentRoot = true
  }

  /// Notes that a task is done, and how far its block has come with it.
  mutating func finish(_ task: Task) {
    running -= 1
    switch task {
    case .open(let block): block.stage = block.partCount == 0 ? .prepared : .opened
    case .prepare(let block, _):
      block.partsDone += 1
      if block.partsDone == block.partCount { block.stage = .prepared }
    case .execute(let block):
      isExecuting = false
      block.stage = .executed
    case .root(let block):
      isRooting = false
      block.stage = .rooted
    }
  }

  // MARK: - Committing

  /// The blocks that wait to be committed, oldest first; nil where there is none, or another one is
  /// being committed.
  mutating func takeRooted() -> [BlockInFlight]? {
    guard !isCommitting else { return nil }
    let rooted = Array(blocks.prefix { $0.stage == .rooted })
    if rooted.isEmpty { return nil }
    isCommitting = true
    return rooted
  }

  /// Notes that nothing is being committed any more, and that these blocks are durable.
  mutating func finishCommit(of done: [BlockInFlight]) {
    isCommitting = false
    for block in done { block.stage = .committed }
    blocks.removeAll { $0.stage == .committed }
  }
}
