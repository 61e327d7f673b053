// Keeping to the limit of memory.

extension StateTries {
  /// How far below the limit eviction goes, as a part of it, so that not every block evicts.
  private static var slack: Int { 32 }

  /// Drops what the store has and nobody has visited for long, until memory fits the limit again or
  /// there is nothing to drop.
  func evict() {
    guard hasSource, memoryInUse > evictionThreshold else { return }
    let excess = memoryInUse - (memoryLimit - memoryLimit / Self.slack)
    var evictor = Evictor(
      worker: workers, excess: excess, unsavedEpochs: unsavedEpochs, hand: hand)
    // The first time around, all may have been visited; the hand starts anywhere.
    var rounds = 0
    while !evictor.sweep(top) && rounds < 3 { rounds += 1 }
    hand = evictor.hand
    // What is left may wait for the store: it is not looked through again for every block.
    let isVain = memoryInUse > memoryLimit
    evictionThreshold = isVain ? memoryInUse + memoryLimit / Self.slack : memoryLimit
  }
}
