// How fast the precompiled contracts are at the inputs that cost most time for their gas.

internal import EVM
internal import Ledger
internal import Primitives

/// An input of a precompiled contract that is measured.
struct PrecompileInput: Sendable {
  /// What is particular to it.
  let name: String
  let bytes: [UInt8]
}

/// One contract under one price, with inputs of which one should be the worst.
struct PrecompileSubject: Sendable {
  /// The first fork of the price.
  let fork: Fork
  let address: UInt64
  /// Makes the inputs.
  let inputs: @Sendable () -> [PrecompileInput]
}

/// What was measured of precompiled contracts.
public struct PrecompileSpeed: Sendable {
  /// The worst input found for a contract.
  public struct Worst: Sendable {
    /// The contract, and the fork of its price where it has had several.
    public let contract: String
    /// What is particular to the input.
    public let input: String
    /// How many inputs were tried.
    public let tried: Int
    /// Nanoseconds, the least of all runs.
    public let nanoseconds: Double
    /// The price, or that of the call where it is more.
    public let gas: UInt64

    /// Millions of gas a second.
    public var megagasPerSecond: Double { Double(gas) * 1000 / nanoseconds }
    /// Whether it is as fast as it should be.
    public var isFastEnough: Bool { megagasPerSecond >= PrecompileSpeed.floor }
  }

  /// A time that should be kept.
  public struct Target: Sendable {
    /// What takes the time.
    public let name: String
    /// Nanoseconds, the least of all runs.
    public let nanoseconds: Double
    /// Nanoseconds that it may take.
    public let limit: Double

    /// Whether it is kept.
    public var isMet: Bool { nanoseconds <= limit }
  }

  /// Millions of gas a second that no input may stay below.
  public static let floor = 20.0

  /// The worst inputs, contract by contract.
  public internal(set) var worst: [Worst] = []
  /// The times that should be kept.
  public internal(set) var targets: [Target] = []

  /// Whether nothing is too slow.
  public var isFastEnough: Bool {
    worst.allSatisfy(\.isFastEnough) && targets.allSatisfy(\.isMet)
  }

  /// Measures the contracts whose name contains `filter`, all without one, on the calling thread;
  /// `progress` gets the name of each before its turn.
  public static func measured(
    filter: String? = nil, progress: (String) -> Void = { _ in }
  ) -> PrecompileSpeed {
    var speed = PrecompileSpeed()
    func isWanted(_ name: String) -> Bool { filter.map(name.contains) ?? true }
    for subject in PrecompileInputs.subjects {
      guard let runner = PrecompileTimer(subject), isWanted(runner.name) else { continue }
      progress(runner.name)
      if let worst = runner.worst() { speed.worst.append(worst) }
    }
    for target in PrecompileTargets.all where isWanted(target.name) {
      progress(target.name)
      if let measured = target.measured() { speed.targets.append(measured) }
    }
    return speed
  }
}

/// Measures one contract.
struct PrecompileTimer {
  let name: String
  private let contract: Precompile
  private let subject: PrecompileSubject

  /// Nil where the fork has no such contract.
  init?(_ subject: PrecompileSubject) {
    guard let contract = PrecompileTable.of(subject.fork)[Address(subject.address)] else {
      return nil
    }
    self.contract = contract
    self.subject = subject
    name = "\(contract.name) \(subject.fork.name)"
  }

  /// What calling costs at least: nobody gets a contract that is cheaper for its price alone.
  private var callPrice: UInt64 { subject.fork >= .berlin ? 100 : 700 }

  /// Tries all inputs, the slowest again with patience, and answers the slowest of those.
  func worst() -> PrecompileSpeed.Worst? {
    let inputs = subject.inputs()
    let first = inputs.map { measured($0, inputs.count, for: 1_000_000) }
    let slowest = first.enumerated().sorted { $0.1.megagasPerSecond < $1.1.megagasPerSecond }
    return slowest.prefix(5).map { measured(inputs[$0.offset], inputs.count, for: 50_000_000) }
      .min { $0.megagasPerSecond < $1.megagasPerSecond }
  }

  private func measured(
    _ input: PrecompileInput, _ tried: Int, for budget: UInt64
  ) -> PrecompileSpeed.Worst {
    let gas = input.bytes.withUnsafeBytes { contract.gas($0) }
    return PrecompileSpeed.Worst(
      contract: name, input: input.name, tried: tried, nanoseconds: time(input.bytes, for: budget),
      gas: max(gas, callPrice))
  }

  /// Nanoseconds of one run.
  func time(_ input: [UInt8], for budget: UInt64) -> Double {
    var output = PrecompileOutput()
    defer { output.free() }
    return input.withUnsafeBytes { bytes in
      Stopwatch.least(for: budget) { _ = contract.run(bytes, &output) }
    }
  }
}

/// Times of short functions.
enum Stopwatch {
  /// The least time of `body` in nanoseconds of processor time, from runs that take about `budget`
  /// nanoseconds together, at least three.
  static func least(for budget: UInt64, _ body: () -> Void) -> Double {
    body()
    // As many calls a run as the clock needs to tell them.
    var calls = 1
    var least = Double.infinity
    var spent: UInt64 = 0
    var runs = 0
    while runs < 3 || spent < budget {
      let start = ThreadClock.now
      for _ in 0..<calls { body() }
      let time = ThreadClock.now - start
      spent += time
      if time < 20_000 && calls < 1 << 20 {
        calls *= 2
        continue
      }
      least = min(least, Double(time) / Double(calls))
      runs += 1
    }
    return least
  }
}
