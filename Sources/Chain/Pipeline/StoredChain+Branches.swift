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

  /// Forgets the blocks of branches that begin too far behind, and the oldest where they are too many, with
  /// all that follow them: without its beginning a branch is of no use.
  func forgetOldSideBlocks() {
    if sideBlocks.isEmpty { return }
    let end = tip.header.number
    var size = sideBlocks.values.reduce(0) { $0 + $1.block.size }
    var forgotten: Set<Hash256> = []
    for (hash, side) in sideBlocksByNumber {
      let header = side.block.header
      let isTooOld =
        end >= Self.branchLimit && header.number <= end - Self.branchLimit
        || size > Self.sideByteLimit
      guard isTooOld || forgotten.contains(header.parentHash) else { continue }
      forgotten.insert(hash)
      sideBlocks[hash] = nil
      size -= side.block.size
    }
  }

  private var sideBlocksByNumber: [(key: Hash256, value: SideBlock)] {
    sideBlocks.sorted { $0.value.block.header.number < $1.value.block.header.number }
  }

  /// Makes the branch that ends with a block the chain. Where one of its blocks does not hold, the chain is
  /// what it was, and that block and those behind it are forgotten; where something else is in the way, only
  /// the last is, so that it may come again.
  func goOver(to hash: Hash256) throws(PipelineError) {
    var branch: [(hash: Hash256, side: SideBlock)] = []
    var next = hash
    while let side = sideBlocks[next] {
      branch.append((next, side))
      next = side.block.header.parentHash
    }
    branch.reverse()
    // Where a branch is too large to be remembered, it is not gone over to.
    guard let last = branch.last?.side.block.header else { return }
    var former: [(hash: Hash256, side: SideBlock)] = []
    var reports: [Pipeline.Report] = []
    do throws(PipelineError) {
      try pipeline.end()
      guard let (number, total) = try place(of: next) else {
        throw .invalid(number: last.number, header: last, .unknownParent(next))
      }
      former = try Self.reading { () throws(StoreError) in try chain(behind: number) }
      try Self.reading { () throws(StoreError) in try store.beginBranch(at: number) }
      reports = try goAlong(branch.map(\.side)[...], totalDifficulty: total)
      try Self.reading { () throws(StoreError) in try store.adoptBranch() }
    } catch {
      let reached = store.tipBlock.hash
      let isAdopted = !store.isOnBranch && reached == hash
      if isAdopted { note(branch, instead: former, reports) }
      try goingOn(after: error) { () throws(PipelineError) in
        if store.isOnBranch {
          try Self.reading { () throws(StoreError) in try store.leaveBranch() }
          if case .invalid = error { forget(branch, behind: reached) }
        }
        if case .invalid = error {} else if !isAdopted { forgetLast(hash) }
        try begin()
      }
    }
    note(branch, instead: former, reports)
    do throws(PipelineError) {
      try begin()
    } catch {
      failure = error
      throw error
    }
    forgetOldSideBlocks()
  }

  /// Notes that the chain has gone over to a branch.
  private func note(
    _ branch: [(hash: Hash256, side: SideBlock)],
    instead former: [(hash: Hash256, side: SideBlock)], _ reports: [Pipeline.Report]
  ) {
    for (hash, side) in branch {
      sideBlocks[hash] = nil
      if !side.wasInChain { asideCount -= 1 }
    }
    for (hash, side) in former { sideBlocks[hash] = side }
    let known = Set(branch.filter(\.side.wasInChain).map(\.hash))
    for report in reports where !known.contains(report.hash) { onCommit(report) }
  }

  /// Goes along blocks on the branch that the store goes along: takes up those that were in the chain before,
  /// and executes the others.
  private func goAlong(
    _ blocks: ArraySlice<SideBlock>, totalDifficulty: UInt256
  ) throws(PipelineError) -> [Pipeline.Report] {
    var (rest, total) = (blocks, totalDifficulty)
    while let side = rest.first, let kept = side.kept {
      let isTakenUp = try Self.reading { () throws(StoreError) in try store.takeUp(kept) }
      if !isTakenUp { break }
      total = side.totalDifficulty
      rest.removeFirst()
    }
    return rest.isEmpty ? [] : try execute(rest.map(\.block), totalDifficulty: total)
  }

  /// The number of a block of the chain, and the total difficulty up to it; nil where it is in none.
  private func place(
    of hash: Hash256
  ) throws(PipelineError) -> (number: UInt64, totalDifficulty: UInt256)? {
    try Self.reading { () throws(StoreError) in
      guard let number = try store.number(ofBlock: hash),
        let total = try store.totalDifficulty(number)
      else { return nil }
      return (number, total)
    }
  }

  /// Forgets a block that ended a branch.
  private func forgetLast(_ hash: Hash256) {
    if sideBlocks.removeValue(forKey: hash)?.wasInChain == false { asideCount -= 1 }
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
      guard let hash = try store.hash(ofBlock: number), let kept = try store.keptBlock(number),
        let encoding = try store.encodedBlock(number),
        let total = try store.totalDifficulty(number), let block = try? EncodedBlock(encoding)
      else { throw .notNext(expected: number, found: number) }
      blocks.append((hash, SideBlock(block: block, totalDifficulty: total, kept: kept)))
      number += 1
    }
    return blocks
  }
}
