// Which blocks the consensus layer calls safe and final.

internal import Primitives
internal import Synchronization

/// The blocks that the consensus layer named last. Any thread may call it.
public final class Finality: Sendable {
  private struct Named {
    var safe = Hash256.zero
    var finalized = Hash256.zero
  }

  private let named = Mutex(Named())

  /// Nothing is named yet.
  public init() {}

  func set(safe: Hash256, finalized: Hash256) {
    named.withLock { $0 = Named(safe: safe, finalized: finalized) }
  }

  /// The hashes of both; zero where none was named.
  var blocks: (safe: Hash256, finalized: Hash256) {
    named.withLock { ($0.safe, $0.finalized) }
  }

  /// The hash of the block that a selector means; throws in geth's words where none is named, and nil where
  /// the selector is another.
  func block(_ selector: BlockSelector) throws(RPCError) -> Hash256? {
    let (name, hash) =
      switch selector {
      case .safe: ("safe", named.withLock { $0.safe })
      case .finalized: ("finalized", named.withLock { $0.finalized })
      default: ("", Hash256.zero)
      }
    if name.isEmpty { return nil }
    if hash == .zero { throw .failed("\(name) block not found") }
    return hash
  }
}
