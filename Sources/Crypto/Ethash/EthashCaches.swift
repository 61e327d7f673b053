// The few caches that are kept, shared by threads.

internal import Synchronization

/// Caches of the epochs used last. Each is made when it is first asked for; who asks meanwhile for the
/// same one waits for it, and who asks for another does not.
public final class EthashCaches: Sendable {
  /// A cache that is there or will be.
  private final class Entry: Sendable {
    let epoch: Int
    let cache = Mutex<EthashCache?>(nil)

    init(epoch: Int) { self.epoch = epoch }
  }

  /// How many caches are kept.
  private let capacity: Int
  /// The one used last stands last.
  private let entries = Mutex<[Entry]>([])

  /// A store that keeps `capacity` caches, each of 16 MiB and 128 KiB more for every epoch. Two are
  /// enough for a chain and its branches around the end of an epoch.
  public init(capacity: Int = 2) { self.capacity = max(1, capacity) }

  /// The cache of an epoch below `Ethash.epochLimit`.
  public func cache(epoch: Int) -> EthashCache {
    let entry = entries.withLock { entries in
      let known = entries.firstIndex { $0.epoch == epoch }
      let entry = known.map { entries.remove(at: $0) } ?? Entry(epoch: epoch)
      if entries.count >= capacity { entries.removeFirst() }
      entries.append(entry)
      return entry
    }
    return entry.cache.withLock { cache in
      if let cache { return cache }
      let made = EthashCache(epoch: epoch)
      cache = made
      return made
    }
  }

  /// The epochs whose caches are kept, the one used last at the end.
  var epochs: [Int] { entries.withLock { $0.map(\.epoch) } }
}
