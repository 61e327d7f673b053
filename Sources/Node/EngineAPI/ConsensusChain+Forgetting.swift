// What lies too far behind the head to be remembered.

internal import Chain
internal import Ledger
internal import Primitives
internal import Storage

extension ConsensusChain {
  /// Whether blocks of this number beside the chain lie too far behind the head to be remembered.
  func isForgotten(_ number: UInt64) -> Bool {
    let head = store.head.number
    return head >= depth && number <= head - depth
  }

  /// Forgets what lies far behind the head, with all that follows it: a branch without its beginning is of no
  /// use. Where there is too much, only the branch that the state stands on stays.
  func forgetOld() throws(PipelineError) {
    orphans.removeAll { isForgotten($0.header.number) }
    if aside.count > Self.countLimit { forgetOtherBranches() }
    guard aside.values.contains(where: { isForgotten($0.header.number) }) else { return }
    for (hash, side) in aside.sorted(by: { $0.value.header.number < $1.value.header.number }) {
      let parent = side.header.parentHash
      let inChain = try Self.reading { () throws(StoreError) in try store.number(ofBlock: parent) }
      let isConnected = inChain != nil || aside[parent] != nil
      if isForgotten(side.header.number) || !isConnected { aside[hash] = nil }
    }
  }

  private func forgetOtherBranches() {
    var line: [Hash256: Aside] = [:]
    var next = store.tipBlock.hash
    while let side = aside[next] {
      line[next] = side
      next = side.header.parentHash
    }
    aside = line
  }
}
