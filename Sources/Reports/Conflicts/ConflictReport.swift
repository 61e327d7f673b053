// Who makes whom wait in blocks, by contract, function and place.

public import Execution
public import Primitives
internal import State

/// What the transactions of blocks need of each other: for developers of contracts who want to know
/// what keeps their transactions from being executed side by side.
public struct ConflictReport: Sendable {
  /// A block of the report.
  public struct Entry: Sendable {
    /// What it is called.
    public let name: String
    /// Its costs and dependencies.
    public let profile: BlockProfile

    /// A block under this name.
    public init(name: String, profile: BlockProfile) {
      self.name = name
      self.profile = profile
    }
  }

  /// What of a contract others wait for.
  public enum Place: Sendable, Hashable {
    /// A storage slot.
    case slot(UInt256)
    /// The exact balance.
    case balance
    /// The nonce.
    case nonce
    /// The code.
    case code
    /// Whether the account is there, and not empty.
    case existence
  }

  /// One place that one function changes, and what waits for it.
  public struct HotSpot: Sendable, Hashable {
    /// Whose place it is.
    public let contract: Address
    /// The function that changed it: the first four bytes of the call data, if there were as many.
    public let selector: UInt32?
    /// The place.
    public let place: Place
    /// How many transactions came upon a change of it by an earlier one of their block: each would have
    /// had to wait for that one, or to be executed again.
    public internal(set) var dependents = 0
    /// The gas of these transactions.
    public internal(set) var gasUsed: UInt64 = 0
    /// The time of these transactions, in nanoseconds.
    public internal(set) var nanoseconds: UInt64 = 0
    /// How many steps of critical paths lead over it.
    public internal(set) var criticalSteps = 0
  }

  /// The blocks, in the order in which they were given.
  public let blocks: [Entry]
  /// The hot spots of all blocks, those with most dependents first.
  public let hotSpots: [HotSpot]

  /// A report about these blocks.
  public init(_ blocks: [Entry]) {
    self.blocks = blocks
    var spots: [HotSpotKey: HotSpot] = [:]
    for block in blocks { Self.count(block.profile, &spots) }
    hotSpots = spots.values.sorted { a, b in
      let (left, right) = ((a.dependents, a.nanoseconds), (b.dependents, b.nanoseconds))
      return left == right ? a.order < b.order : left > right
    }
  }

  private static func count(_ profile: BlockProfile, _ spots: inout [HotSpotKey: HotSpot]) {
    let path = profile.criticalPath().transactions
    var before: [Int: Int] = [:]
    for (writer, reader) in zip(path, path.dropFirst()) { before[reader] = writer }
    for (index, transaction) in profile.transactions.enumerated() {
      // A place counts once for a transaction, even if parts of it changed at different times.
      var seen: Set<HotSpotKey> = []
      for dependency in transaction.dependencies {
        for place in dependency.location.places {
          let key = HotSpotKey(
            contract: dependency.location.address, selector: dependency.function.selector,
            place: place)
          var spot = spots[key] ?? HotSpot(key)
          if seen.insert(key).inserted {
            spot.dependents += 1
            spot.gasUsed += transaction.gasUsed
            spot.nanoseconds += transaction.nanoseconds
          }
          if before[index] == dependency.writer { spot.criticalSteps += 1 }
          spots[key] = spot
        }
      }
    }
  }
}

/// What makes two dependencies count for the same hot spot.
private struct HotSpotKey: Hashable {
  let contract: Address
  let selector: UInt32?
  let place: ConflictReport.Place
}

extension ConflictReport.HotSpot {
  fileprivate init(_ key: HotSpotKey) {
    (contract, selector, place) = (key.contract, key.selector, key.place)
  }

  /// Tells any two apart.
  fileprivate var order: (Address, UInt32, Int, UInt256) {
    var slot = UInt256.zero
    let kind: Int
    switch place {
    case .slot(let word): (kind, slot) = (0, word)
    case .balance: kind = 1
    case .nonce: kind = 2
    case .code: kind = 3
    case .existence: kind = 4
    }
    return (contract, selector.map { $0 } ?? .max, kind, slot)
  }
}

extension ProfiledLocation {
  /// The places that the location stands for.
  fileprivate var places: [ConflictReport.Place] {
    switch self {
    case .slot(let key): return [.slot(key.slot)]
    case .account(_, let aspects):
      var places: [ConflictReport.Place] = []
      if aspects.contains(.balance) { places.append(.balance) }
      if aspects.contains(.nonce) { places.append(.nonce) }
      if aspects.contains(.code) { places.append(.code) }
      if !aspects.isDisjoint(with: [.existence, .emptiness]) { places.append(.existence) }
      return places
    }
  }
}

extension ConflictReport.Entry {
  /// How many transactions depend on another one.
  public var dependentCount: Int {
    profile.transactions.count { !$0.dependencies.isEmpty }
  }

  /// How many dependencies were taken away, and why.
  public func avoidedCount(_ reason: AvoidedDependency.Reason) -> Int {
    profile.transactions.reduce(0) { $0 + $1.avoided.count { $0.reason == reason } }
  }
}
