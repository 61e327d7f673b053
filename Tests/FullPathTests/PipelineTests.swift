import Chain
import Execution
import Foundation
import Ledger
import Primitives
import State
import Storage
import Synchronization
import Testing
import Workloads

/// A folder for one test.
final class TestFolder {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "needletail-pipeline-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A small chain of transfers.
struct SmallChain {
  let folder = TestFolder()
  var stream: TransferStream
  var timestamp: UInt64 = 100

  static let genesis = Header(
    number: 0, gasLimit: 1 << 40, timestamp: 100, baseFeePerGas: 7,
    withdrawalsRoot: Header.emptyTrieRoot, blobGasUsed: 0, excessBlobGas: 0,
    parentBeaconBlockRoot: .zero)

  init(_ asset: TransferStream.Asset, people: Int = 60, seed: UInt64 = 1) {
    let crowd = Crowd(seed: seed, addresses: Crowd.addresses(of: 0..<people, seed: seed))
    stream = TransferStream(asset, between: crowd, contention: .random(hot: 0.2), seed: seed)
  }

  func store(_ name: String) throws -> Store {
    try Store.create(
      at: "\(folder.path)/\(name)", genesis: Self.genesis, state: stream.genesis(),
      options: Store.Options(cacheSize: 64 << 20, workerCount: 5))
  }

  mutating func draft(_ count: Int) -> BlockDraft {
    var transactions = EncodedTransactions()
    for transfer in stream.next(count) { transactions.append(stream.encode(transfer)) }
    timestamp += 1
    return BlockDraft(
      coinbase: Address(0xc01b), timestamp: timestamp, gasLimit: 1 << 40,
      transactions: transactions)
  }
}

@Suite struct PipelineTests {
  private func pipeline(
    on store: Store, threads: Int,
    onCommit: @escaping @Sendable (Pipeline.Report) -> Void = { _ in }
  ) throws -> Pipeline {
    try Pipeline(
      store: store, rules: TransferStream.rules, options: .init(threads: threads),
      onCommit: onCommit)
  }

  @Test(arguments: TransferStream.Asset.allCases, [1, 2, 5])
  func draftsBecomeTheBlocksThatSequentialExecutionGives(
    asset: TransferStream.Asset, threads: Int
  ) throws {
    var chain = SmallChain(asset)
    let store = try chain.store("made")
    let state = MemoryState()
    for part in chain.stream.genesis() { state.apply(part) }
    var tries = StateTrie(state)
    let reports = Mutex<[Pipeline.Report]>([])
    let pipeline = try pipeline(on: store, threads: threads) { report in
      reports.withLock { $0.append(report) }
    }
    for count in [0, 1, 300, 700, 256, 257, 40] { try pipeline.append(.draft(chain.draft(count))) }
    try pipeline.drain()
    try pipeline.end()
    #expect(reports.withLock { $0.map(\.transactions) } == [0, 1, 300, 700, 256, 257, 40])
    #expect(try chain.stream.problems(in: store.state) == [])
    for report in reports.withLock({ $0 }) {
      let body = try #require(try store.body(report.header.number))
      let transactions = try body.transactions.map { try Transaction(decoding: $0) }
      let block = Block(
        header: report.header, transactions: transactions, withdrawals: body.withdrawals)
      let outcome = try SequentialExecutor().execute(
        ExecutableBlock(
          block, senders: try transactions.map { try $0.recoverSender() },
          rules: TransferStream.rules), on: state)
      try OutcomeValidation.check(outcome, against: report.header)
      try BodyValidation.checkRoots(block)
      state.apply(outcome.diff)
      state.setBlockHash(report.header.number, report.hash)
      tries.apply(outcome.diff)
      #expect(tries.root() == report.header.stateRoot)
      #expect(try store.receipts(report.header.number) == outcome.receipts)
    }
    try store.close()
  }

  @Test func aDraftThatBringsItsSendersBecomesTheSameBlock() throws {
    var chain = SmallChain(.erc20)
    let store = try chain.store("made")
    let pipeline = try pipeline(on: store, threads: 2)
    let told = try chain.store("told")
    let other = try self.pipeline(on: told, threads: 2)
    for count in [1, 300, 40] {
      var draft = chain.draft(count)
      try pipeline.append(.draft(draft))
      let transactions = try (0..<count).map { try Transaction(decoding: draft.transactions[$0]) }
      draft.signed = SignedTransactions(
        transactions, by: try transactions.map { try $0.recoverSender() })
      try other.append(.draft(draft))
    }
    for pipeline in [pipeline, other] {
      try pipeline.drain()
      try pipeline.end()
    }
    #expect(told.head == store.head)
    try store.close()
    try told.close()
  }

  @Test func aBlockEndsAtItsDeadline() throws {
    var chain = SmallChain(.raw)
    let store = try chain.store("made")
    let counts = Mutex<[[Int]]>([])
    let pipeline = try pipeline(on: store, threads: 2) { report in
      counts.withLock { $0.append([report.transactions, report.leftOut]) }
    }
    var late = chain.draft(300)
    late.deadline = .now
    try pipeline.append(.draft(late))
    late.timestamp += 1
    late.deadline = .now.advanced(by: .seconds(600))
    try pipeline.append(.draft(late))
    try pipeline.drain()
    try pipeline.end()
    #expect(counts.withLock { $0 } == [[0, 300], [300, 0]])
    try store.close()
  }

  @Test func aBlockOfOthersMayFollowADraft() throws {
    var chain = SmallChain(.raw)
    let made = try chain.store("made")
    let producer = try pipeline(on: made, threads: 2)
    let drafts = [chain.draft(40), chain.draft(40)]
    for draft in drafts { try producer.append(.draft(draft)) }
    try producer.drain()
    try producer.end()
    let second = try EncodedBlock(#require(try made.block(2)).encoded)

    let copy = try chain.store("copy")
    let mixed = try pipeline(on: copy, threads: 2)
    try mixed.append(.draft(drafts[0]))
    try mixed.append(.sealed(second))
    try mixed.drain()
    try mixed.end()
    #expect(copy.head == made.head)
    try made.close()
    try copy.close()
  }

  @Test func aBlockThatCannotFollowTakesNoneOfThoseBeforeItAlong() throws {
    var chain = SmallChain(.raw)
    let store = try chain.store("made")
    let pipeline = try pipeline(on: store, threads: 2)
    var drafts = (0..<5).map { _ in chain.draft(60) }
    drafts[4].timestamp = drafts[3].timestamp
    for draft in drafts[..<4] { try pipeline.append(.draft(draft)) }
    #expect(throws: PipelineError.self) { try pipeline.append(.draft(drafts[4])) }
    try pipeline.end()
    #expect(store.head.number == 4)
    try store.close()
  }

  @Test func blocksOfOthersAreCheckedAndTheFirstWrongOneEndsThePipeline() throws {
    var chain = SmallChain(.erc20)
    let made = try chain.store("made")
    let producer = try pipeline(on: made, threads: 2)
    for _ in 0..<6 { try producer.append(.draft(chain.draft(100))) }
    try producer.drain()
    try producer.end()
    var blocks = try (1...6).map { try EncodedBlock(#require(try made.block($0)).encoded) }

    let copy = try chain.store("copy")
    let importer = try pipeline(on: copy, threads: 2)
    for block in blocks { try importer.append(.sealed(block)) }
    try importer.drain()
    try importer.end()
    #expect(copy.head == made.head)

    // A header that states another root.
    let third = try blocks[2].block()
    var wrong = third
    wrong.header.stateRoot = .zero
    blocks[2] = try EncodedBlock(wrong.encoded)
    let refusing = try chain.store("refusing")
    let second = try pipeline(on: refusing, threads: 2)
    #expect {
      for block in blocks.prefix(3) { try second.append(.sealed(block)) }
      try second.drain()
    } throws: { error in
      guard case PipelineError.invalid(3, _, .wrongStateRoot(third.header.stateRoot)) = error else {
        return false
      }
      return true
    }
    try second.end()
    #expect(refusing.head.number == 2)

    // The store goes on with the right one.
    let third2 = try pipeline(on: refusing, threads: 1)
    try third2.append(.sealed(EncodedBlock(third.encoded)))
    for block in blocks.dropFirst(3) { try third2.append(.sealed(block)) }
    try third2.drain()
    try third2.end()
    #expect(refusing.head == made.head)
    for store in [made, copy, refusing] { try store.close() }
  }

  @Test func whatIsNoTransactionIsLeftOutOfADraft() throws {
    var chain = SmallChain(.raw)
    let store = try chain.store("made")
    let reports = Mutex<[Pipeline.Report]>([])
    let pipeline = try pipeline(on: store, threads: 2) { report in
      reports.withLock { $0.append(report) }
    }
    var draft = chain.draft(20)
    var mixed = EncodedTransactions()
    for index in 0..<20 {
      if index == 7 { mixed.append([0xc0, 1, 2]) }
      if index == 11 { mixed.append([]) }
      mixed.append(draft.transactions[index])
      // Once more: the nonce is used by then.
      if index == 13 { mixed.append(draft.transactions[index]) }
    }
    draft.transactions = mixed
    try pipeline.append(.draft(draft))
    try pipeline.drain()
    try pipeline.end()
    #expect(reports.withLock { $0.map(\.transactions) } == [20])
    #expect(reports.withLock { $0.map(\.leftOut) } == [3])
    #expect(try chain.stream.problems(in: store.state) == [])
    try store.close()
  }
}
