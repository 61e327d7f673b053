// Blocks of others, and their way behind those that are known.

internal import Chain
internal import Ledger
internal import Primitives
internal import Storage

extension ConsensusChain {
  /// Executes a block, unless that was done before, after those of its ancestors that wait. It waits itself where an
  /// ancestor is not here.
  func add(_ block: Block) throws(PipelineError) -> Verdict {
    try inTurn { () throws(PipelineError) in
      let (header, hash) = (block.header, block.hash)
      if try knownHeader(hash) != nil {
        try keep(hash)
        return .valid
      }
      if isForgotten(header.number) {
        return try knownHeader(header.parentHash) == nil ? .unknownParent : .notExecuted
      }
      orphans.add(hash, header, block.encoded)
      defer {
        // One that was executed or refused drives out no other.
        orphans.forgetExcess()
        shortenJournal()
      }
      return try connect(hash)
    }
  }

  /// What is to be said of a block that is to be the head: it is executed, with its ancestors, where it waits and they
  /// are here.
  func verdict(onHead hash: Hash256) throws(PipelineError) -> Verdict {
    try inTurn { () throws(PipelineError) in
      let verdict = try connect(hash)
      orphans.wanted = verdict == .unknownParent ? hash : nil
      return verdict
    }
  }

  /// So long the blocks that lead to one may take.
  private static let connectingTime = Duration.seconds(4)

  private func connect(_ hash: Hash256) throws(PipelineError) -> Verdict {
    if let reason = refused[hash] {
      orphans.remove(hash)
      return .invalid(reason)
    }
    if try knownHeader(hash) != nil { return .valid }
    let (line, root) = orphans.line(to: hash)
    if line.isEmpty { return .unknownParent }
    if let reason = refused[root] { return refuse(line[...], reason) }
    if try knownHeader(root) == nil { return .unknownParent }
    let deadline = ContinuousClock.now.advanced(by: Self.connectingTime)
    for (index, orphan) in line.enumerated() {
      // The consensus client waits for an answer; when it asks again the others follow.
      if index > 0, ContinuousClock.now > deadline { return .unknownParent }
      switch try execute(orphan) {
      case .valid: orphans.remove(orphan.hash)
      case .invalid(let reason): return refuse(line[index...], reason)
      case let other: return other
      }
    }
    return .valid
  }

  private func refuse(_ line: ArraySlice<OrphanBlocks.Orphan>, _ reason: InvalidBranch) -> Verdict {
    for orphan in line {
      refused.note(orphan.hash, reason)
      orphans.remove(orphan.hash)
    }
    return .invalid(reason)
  }

  /// Executes a block whose parent is known.
  private func execute(_ block: OrphanBlocks.Orphan) throws(PipelineError) -> Verdict {
    let header = block.header
    if isForgotten(header.number) || aside.count > Self.countLimit { return .notExecuted }
    let encoded: EncodedBlock
    do throws(Block.DecodingError) {
      encoded = try EncodedBlock(block.encoding)
    } catch {
      throw .invalid(number: header.number, header: header, .malformed(error))
    }
    do throws(PipelineError) {
      guard try prepareToExecute(on: header.parentHash) else { return .notExecuted }
      _ = try run(.sealed(encoded))
      do throws(PipelineError) {
        try keep(block.hash)
      } catch {
        aside[block.hash] = nil
        throw error
      }
      return .valid
    } catch {
      guard case .invalid(_, _, let problem) = error else { throw error }
      let parent = try knownHeader(header.parentHash)
      let latestValid = parent?.difficulty.isZero == true ? header.parentHash : .zero
      return .invalid(InvalidBranch(latestValid: latestValid, problem: "\(problem)"))
    }
  }
}
