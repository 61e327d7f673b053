// How fast blocks are by the number of cores: measured, simulated, and at best.

/// Speed-ups over one transaction after another.
public struct ScalingReport: Sendable {
  /// What a block took on some number of cores.
  public struct Run: Sendable, Hashable {
    /// How many cores, each with one worker.
    public let cores: Int
    /// The time from beginning to end.
    public let nanoseconds: Double

    /// A run on so many cores.
    public init(cores: Int, nanoseconds: Double) {
      self.cores = cores
      self.nanoseconds = nanoseconds
    }
  }

  /// One block, or one kind of blocks.
  public struct Entry: Sendable {
    /// What it is called.
    public let name: String
    /// What it takes, one transaction after another, in nanoseconds.
    public let sequential: Double
    /// How many times as fast its dependencies let it be.
    public let limit: Double
    /// In how many rounds that was measured.
    public let rounds: Int
    /// Real runs, by rising cores.
    public let measured: [Run]
    /// Simulated runs, by rising cores.
    public let simulated: [Run]

    /// A block of this name with these times.
    public init(
      name: String, sequential: Double, limit: Double, rounds: Int, measured: [Run],
      simulated: [Run]
    ) {
      self.name = name
      self.sequential = sequential
      self.limit = limit
      self.rounds = rounds
      self.measured = measured.sorted { $0.cores < $1.cores }
      self.simulated = simulated.sorted { $0.cores < $1.cores }
    }

    /// How many times as fast as in sequence a run is.
    public func speedUp(_ run: Run) -> Double {
      run.nanoseconds > 0 ? sequential / run.nanoseconds : 1
    }

    /// By how much the simulated speed-up on `cores` is off, as a share of the real one: positive where
    /// it promises too much. Nil where one of them is not known.
    public func error(cores: Int) -> Double? {
      guard let real = measured.first(where: { $0.cores == cores }),
        let other = simulated.first(where: { $0.cores == cores }), other.nanoseconds > 0
      else { return nil }
      return real.nanoseconds / other.nanoseconds - 1
    }
  }

  /// With fewer rounds than this, figures differ from one run to the next.
  public static let steadyRounds = 10

  /// The blocks.
  public let entries: [Entry]

  /// A report about these blocks.
  public init(_ entries: [Entry]) { self.entries = entries }

  /// All blocks as one, by the sums of their times.
  public func total(name: String) -> Entry {
    let all = entries.reduce(0) { $0 + $1.sequential }
    let least = entries.reduce(0) { $0 + $1.sequential / max($1.limit, 1) }
    return Entry(
      name: name, sequential: all, limit: least > 0 ? all / least : 1,
      rounds: entries.lazy.map(\.rounds).min() ?? 0, measured: sums(\.measured),
      simulated: sums(\.simulated))
  }

  /// The sums of the runs on so many cores, where there is one for every block.
  private func sums(_ runs: KeyPath<Entry, [Run]>) -> [Run] {
    Dictionary(grouping: entries.flatMap { $0[keyPath: runs] }, by: \.cores).compactMap {
      cores, runs in
      guard runs.count == entries.count else { return nil }
      return Run(cores: cores, nanoseconds: runs.reduce(0) { $0 + $1.nanoseconds })
    }
  }

  /// All numbers of cores of real runs, rising.
  var measuredCores: [Int] { Set(entries.flatMap { $0.measured.map(\.cores) }).sorted() }
  /// All numbers of cores that were simulated, rising.
  var simulatedCores: [Int] { Set(entries.flatMap { $0.simulated.map(\.cores) }).sorted() }
  /// Those that were both.
  var comparedCores: [Int] { measuredCores.filter(simulatedCores.contains) }
}
