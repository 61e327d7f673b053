// Hashes of blocks that come late.

internal import Primitives

/// The hashes of blocks that the state was advanced to before they had one: a block that is being made is
/// known by its hash only when its roots are.
final class BlockNames: Sendable {
  private struct Names {
    var hashes: [UInt64: Hash256] = [:]
    /// Those of blocks from this one on will not come, unless they are there.
    var end: UInt64 = 0
  }

  /// Nobody asks for older ones.
  private static let remembered: UInt64 = 512

  private let names = Condition(Names())

  /// The hash of a block, waited for; nil where it will never come.
  func name(of number: UInt64) -> Hash256? {
    names.wait(until: { number >= $0.end || $0.hashes[number] != nil })
    return names.with { $0.hashes[number] }
  }

  func set(_ block: BlockIdentity) {
    names.with { names in
      names.hashes[block.number] = block.hash
      names.hashes[block.number &- Self.remembered] = nil
    }
  }

  /// Says that blocks below `number` will be named, and no others.
  func expect(below number: UInt64) { names.with { $0.end = number } }

  /// Forgets the hashes of the blocks behind `number`.
  func forget(after number: UInt64) {
    names.with { names in names.hashes = names.hashes.filter { $0.key <= number } }
  }
}
