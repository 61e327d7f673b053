// What a run over suites found.

/// A row of the table: one format of one suite.
public struct SuiteKey: Hashable, Comparable, Sendable {
  /// The suite, such as `ethereum-tests-state`.
  public let suite: String
  /// The format.
  public let format: FixtureFormat

  /// By suite, then by format.
  public static func < (a: SuiteKey, b: SuiteKey) -> Bool {
    (a.suite, a.format.rawValue) < (b.suite, b.format.rawValue)
  }
}

/// A case that failed.
public struct CaseFailure: Sendable, Equatable {
  /// The suite.
  public let suite: String
  /// The file.
  public let path: String
  /// The case.
  public let name: String
  /// What was expected and what came out.
  public let detail: String
}

/// What a run over suites found.
public struct ConformReport: Sendable {
  /// Counts by suite and format.
  public internal(set) var tallies: [SuiteKey: Tally] = [:]
  /// The failures, at most `maximumFailures` of them.
  public internal(set) var failures: [CaseFailure] = []
  /// Reasons for skips: suite, reason, number of cases.
  public internal(set) var skips: [String: [String: Int]] = [:]
  /// What was left out: suite, rules that are not known here, number of cases.
  public internal(set) var leftOut: [String: [String: Int]] = [:]
  /// Files of formats that this version does not run, by format.
  public internal(set) var notRun: [String: Int] = [:]
  /// Cases that need more EVM memory than they were allowed, with their files.
  public internal(set) var undecided: [String] = []
  /// Which cases were asked for.
  public internal(set) var selection = CaseSelection()
  /// By how many workers blocks were also executed; empty where not in parallel.
  public internal(set) var workers: [Int] = []
  /// Whether block access lists were made and checked.
  public internal(set) var accessLists = false
  /// Whether chains were also imported into a store.
  public internal(set) var stores = false
  /// Files that could not be read.
  public internal(set) var errors: [String] = []
  /// Seconds from start to end.
  public internal(set) var seconds = 0.0

  /// How many failures and errors are kept in full.
  public static let maximumFailures = 10_000

  /// All suites together.
  public var total: Tally { tallies.values.reduce(Tally(), +) }

  /// 0 when all is well, 1 when a case failed, 2 when a file could not be read, a case came to no
  /// verdict, or none ran.
  public var exitStatus: Int32 {
    let total = total
    if !errors.isEmpty || total.undecided > 0 || total.judged == 0 { return 2 }
    return total.failed > 0 ? 1 : 0
  }

  mutating func add(_ result: CaseResult, to key: SuiteKey, path: String) {
    tallies[key, default: Tally()].count(result.verdict)
    switch result.verdict {
    case .passed: break
    case .failed(let detail):
      guard failures.count < Self.maximumFailures else { return }
      failures.append(
        CaseFailure(suite: key.suite, path: path, name: result.name, detail: detail))
    case .undecided:
      if undecided.count < Self.maximumFailures { undecided.append("\(path): \(result.name)") }
    case .skipped(let reason): skips[key.suite, default: [:]][reason, default: 0] += 1
    case .leftOut(let reason): leftOut[key.suite, default: [:]][reason, default: 0] += 1
    }
  }

  mutating func add(_ error: FixtureError) {
    if errors.count < Self.maximumFailures { errors.append(error.description) }
  }

  mutating func merge(_ other: ConformReport) {
    tallies.merge(other.tallies, uniquingKeysWith: +)
    failures += other.failures.prefix(Self.maximumFailures - failures.count)
    errors += other.errors.prefix(Self.maximumFailures - errors.count)
    undecided += other.undecided.prefix(Self.maximumFailures - undecided.count)
    skips.merge(other.skips) { $0.merging($1, uniquingKeysWith: +) }
    leftOut.merge(other.leftOut) { $0.merging($1, uniquingKeysWith: +) }
    notRun.merge(other.notRun, uniquingKeysWith: +)
  }
}
