// Blocks beside the chain, and going over to them.

import Ledger
import Primitives
import Storage
import Synchronization

extension StoredChain {
  /// How many bytes blocks of other branches may take; beyond it the oldest are forgotten.
  private static var sideByteLimit: Int { 512 << 20 }

  func parent(
    of header: Header
  ) throws(PipelineError) -> (header: Header, totalDifficulty: UInt256)? {
    if let side = sideBlocks[header.parentHash] { return (side.block.header, side.totalDifficulty) }
    return try Self.reading { () throws(StoreError) -> (Header, UInt256)? in
      guard let number = try store.number(ofBlock: header.parentHash),
        store.head.number - number < Self.branchLimit,
        let parent = try store.header(number), let total = try store.totalDifficulty(number)
      else { return nil }
      return (parent, total)
    }
  }

  /// Forgets the blocks of branches that begin too far behind, and the oldest where they are too many.
  func forgetOldSideBlocks() {
    if sideBlocks.isEmpty { return }
    let end = tip.header.number
    sideBlocks = sideBlocks.filter { $0.value.block.header.number + Self.branchLimit > end }
    var size = sideBlocks.values.reduce(0) { $0 + $1.block.size }
    if size <= Self.sideByteLimit { return }
    for (hash, side) in sideBlocksByNumber where size > Self.sideByteLimit {
      size -= side.block.size
      sideBlocks[hash] = nil
    }
  }

  private var sideBlocksByNumber: [(key: Hash256, value: SideBlock)] {
    sideBlocks.sorted { $0.value.block.header.number < $1.value.block.header.number }
  }

  /// Makes the branch that ends with a block the chain. Where one of its blocks does not hold, the chain is
  /// what it was, and that block and those behind it are forgotten.
  func goOver(to hash: Hash256) throws(PipelineError) {
    var branch: [(hash: Hash256, side: SideBlock)] = []
    var next = hash
    while let side = sideBlocks[next] {
      branch.append((next, side))
      next = side.block.header.parentHash
    }
    branch.reverse()
    let former: [(hash: Hash256, side: SideBlock)]
    let reports: [Pipeline.Report]
    do throws(PipelineError) {
      try pipeline.end()
      let (number, total) = try place(of: next)
      former = try Self.reading { () throws(StoreError) in try chain(behind: number) }
      try Self.reading { () throws(StoreError) in try store.beginBranch(at: number) }
      reports = try execute(branch.map(\.side.block), totalDifficulty: total)
      try Self.reading { () throws(StoreError) in try store.adoptBranch() }
    } catch {
      try goingOn(after: error) { () throws(PipelineError) in
        if store.isOnBranch {
          let reached = store.tipBlock.hash
          try Self.reading { () throws(StoreError) in try store.leaveBranch() }
          forget(branch, behind: reached)
        }
        try begin()
      }
    }
    for (hash, side) in branch {
      sideBlocks[hash] = nil
      if !side.wasInChain { asideCount -= 1 }
    }
    for (hash, side) in former { sideBlocks[hash] = side }
    do throws(PipelineError) { try begin() } catch { try goingOn(after: error) {} }
    forgetOldSideBlocks()
    let known = Set(branch.filter(\.side.wasInChain).map(\.hash))
    for report in reports where !known.contains(report.hash) { onCommit(report) }
  }

  /// The number of a block of the chain, and the total difficulty up to it.
  private func place(
    of hash: Hash256
  ) throws(PipelineError) -> (number: UInt64, totalDifficulty: UInt256) {
    try Self.reading { () throws(StoreError) in
      guard let number = try store.number(ofBlock: hash),
        let total = try store.totalDifficulty(number)
      else { throw .notNext(expected: store.head.number, found: store.head.number) }
      return (number, total)
    }
  }

  /// Executes blocks on the branch that the store goes along, and waits until all are there.
  private func execute(
    _ blocks: [EncodedBlock], totalDifficulty: UInt256
  ) throws(PipelineError) -> [Pipeline.Report] {
    let reports = Mutex<[Pipeline.Report]>([])
    let pipeline = try Pipeline(
      store: store, rules: rules, totalDifficulty: totalDifficulty, options: options
    ) { report in reports.withLock { $0.append(report) } }
    do throws(PipelineError) {
      for block in blocks { try pipeline.append(.sealed(block)) }
      try pipeline.drain()
    } catch {
      try pipeline.end()
      throw error
    }
    try pipeline.end()
    return reports.withLock { $0 }
  }

  /// Forgets the blocks of a branch behind the one that was reached, and all that follow them.
  private func forget(_ branch: [(hash: Hash256, side: SideBlock)], behind reached: Hash256) {
    let count = branch.firstIndex { $0.hash == reached }.map { $0 + 1 } ?? 0
    var wrong = Set(branch.dropFirst(count).map(\.hash))
    for (hash, side) in sideBlocksByNumber where wrong.contains(side.block.header.parentHash) {
      wrong.insert(hash)
    }
    for hash in wrong where sideBlocks.removeValue(forKey: hash)?.wasInChain == false {
      asideCount -= 1
    }
  }

  /// The blocks of the chain behind block `number`.
  private func chain(
    behind number: UInt64
  ) throws(StoreError) -> [(hash: Hash256, side: SideBlock)] {
    var blocks: [(hash: Hash256, side: SideBlock)] = []
    var number = number + 1
    while number <= store.head.number {
      guard let hash = try store.hash(ofBlock: number),
        let encoding = try store.encodedBlock(number),
        let total = try store.totalDifficulty(number), let block = try? EncodedBlock(encoding)
      else { throw .notNext(expected: number, found: number) }
      blocks.append((hash, SideBlock(block: block, totalDifficulty: total, wasInChain: true)))
      number += 1
    }
    return blocks
  }
}
