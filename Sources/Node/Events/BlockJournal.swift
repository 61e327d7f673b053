// Which blocks were the head, one after another.

internal import Primitives
internal import Storage
internal import Synchronization

/// The blocks that became the head and those that ceased to be in the chain, in order. Who remembers a place
/// in it learns what has happened since; nothing need be kept for each of them.
final class BlockJournal: Sendable {
  /// A block that came or went.
  struct Entry: Sendable {
    let block: BlockIdentity
    /// Whether it went.
    let isRemoval: Bool
    /// Of a block that went, as far as that is known.
    var logs: [PlacedLog] = []
  }

  private struct Contents {
    /// The places of `entries` begin with this.
    var first: UInt64 = 0
    var entries: [Entry] = []
    var head: BlockIdentity
    /// Logs of blocks that went, in all entries.
    var logCount = 0
  }

  /// As many logs of blocks that went are kept; those of older ones are forgotten.
  let logLimit: Int
  private let limit: Int
  private let contents: Mutex<Contents>

  init(head: BlockIdentity, limit: Int, logLimit: Int = 100_000) {
    (self.limit, self.logLimit) = (limit, logLimit)
    contents = Mutex(Contents(head: head))
  }

  /// The place behind the last entry.
  var end: UInt64 {
    contents.withLock { $0.first + UInt64($0.entries.count) }
  }

  /// What happened from a place on; nil where that is forgotten.
  func entries(from place: UInt64) -> [Entry]? {
    contents.withLock { contents in
      guard place >= contents.first else { return nil }
      return Array(contents.entries.dropFirst(Int(clamping: place - contents.first)))
    }
  }

  /// Notes a new head; returns the blocks that must have gone for it, the last first.
  func add(_ block: BlockIdentity, parent: Hash256) -> [Entry] {
    contents.withLock { contents in
      var gone: [Entry] = []
      if contents.head.hash != parent {
        // Those that were added, and did not go since.
        var standing: [BlockIdentity] = []
        for entry in contents.entries {
          if entry.isRemoval { _ = standing.popLast() } else { standing.append(entry.block) }
        }
        while let last = standing.popLast(), last.hash != parent {
          gone.append(Entry(block: last, isRemoval: true))
        }
      }
      for entry in gone { append(entry, to: &contents) }
      append(Entry(block: block, isRemoval: false), to: &contents)
      contents.head = block
      return gone
    }
  }

  /// Notes that blocks go, the last first, after which `head` is the head; returns those that were there.
  func leave(_ blocks: [Entry], for head: BlockIdentity) -> [Entry] {
    contents.withLock { contents in
      guard contents.head == blocks.first?.block else { return [] }
      for entry in blocks { append(entry, to: &contents) }
      contents.head = head
      return blocks
    }
  }

  private func append(_ entry: Entry, to contents: inout Contents) {
    contents.entries.append(entry)
    contents.logCount += entry.logs.count
    while contents.logCount > logLimit,
      let index = contents.entries.firstIndex(where: { !$0.logs.isEmpty })
    {
      contents.logCount -= contents.entries[index].logs.count
      contents.entries[index].logs = []
    }
    // Half at once, so that each is moved once.
    if contents.entries.count > 2 * limit {
      let dropped = contents.entries.count - limit
      contents.logCount -= contents.entries.prefix(dropped).reduce(0) { $0 + $1.logs.count }
      contents.entries.removeFirst(dropped)
      contents.first += UInt64(dropped)
    }
  }
}
