// Hashes of blocks that come late.

internal import Primitives

/// The hashes of blocks that the state was advanced to before they had one: a block that is being made is
/// known by its hash only when its roots are.
final class BlockNames: Sendable {
  private struct Names {
    var hashes: [UInt64: Hash256] = [:]
    /// Whether those that are missing will never come.
    var isAbandoned = false
  }

  /// Nobody asks for older ones.
  private static let remembered: UInt64 = 512

  private let names = Condition(Names())

  /// The hash of a block, waited for; nil where it will never come.
  func name(of number: UInt64) -> Hash256? {
    names.wait(until: { $0.isAbandoned || $0.hashes[number] != nil })
    return names.with { $0.hashes[number] }
  }

  func set(_ block: BlockIdentity) {
    names.with { names in
      names.hashes[block.number] = block.hash
      names.hashes[block.number &- Self.remembered] = nil
    }
  }

  /// Says whether there is anybody who will name blocks.
  func setAbandoned(_ isAbandoned: Bool) { names.with { $0.isAbandoned = isAbandoned } }
}
