// Whether the consensus client speaks of a chain that is not here.

internal import JSON
internal import Primitives
internal import Synchronization

/// How far behind its consensus client a node is. Without peers it fetches nothing itself: it says so until a head is
/// named that is here. Any thread may call it.
final class SyncProgress: Sendable {
  private struct Contents {
    /// The highest block that came without its ancestors.
    var highest: UInt64 = 0
    /// The head when one was named first that is not here; nil where the last one is.
    var start: UInt64?
  }

  private let contents = Mutex(Contents())

  /// A block has come whose ancestors are not here.
  func note(orphan number: UInt64) {
    contents.withLock { $0.highest = max($0.highest, number) }
  }

  /// A head was named that is not here, while the head is block `number`.
  func begin(at number: UInt64) {
    contents.withLock { if $0.start == nil { $0.start = number } }
  }

  /// A head was named that is here.
  func end() { contents.withLock { $0 = Contents() } }

  /// Whether the last head that was named is not here.
  var isBehind: Bool { contents.withLock { $0.start != nil } }

  /// Writes what `eth_syncing` answers while the head is block `head`.
  func write(head: UInt64, to writer: inout JSONWriter) {
    let (start, highest) = contents.withLock { ($0.start, $0.highest) }
    guard let start else { return writer.value(false) }
    writer.object { object in
      object.member("startingBlock", quantity: start)
      object.member("currentBlock", quantity: head)
      // Of a head nothing but its hash is known; it is beyond this one at least.
      object.member("highestBlock", quantity: max(highest, head.successor))
    }
  }
}
