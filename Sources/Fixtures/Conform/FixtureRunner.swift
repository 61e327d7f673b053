// One worker's engine for all formats.

internal import EVM
public import JSON

/// What a runner needs to know of the file it works on.
public struct FixtureFile: Sendable {
  /// Its path, for messages.
  public let path: String
  /// Its content.
  public let document: JSONDocument
  /// The `expected.json` next to it, if there is one.
  public let companion: JSONDocument?
  /// Other files of the folder by name, where the format has several files.
  public let beside: [String: [UInt8]]

  /// A file.
  public init(
    path: String, document: JSONDocument, companion: JSONDocument? = nil,
    beside: [String: [UInt8]] = [:]
  ) {
    self.path = path
    self.document = document
    self.companion = companion
    self.beside = beside
  }

  /// The name without folders and without `.json`.
  public var stem: String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".json") ? String(name.dropLast(5)) : name
  }
}

/// Runs the cases of one format. One instance serves one thread and is used for many files.
protocol FormatRunner: AnyObject {
  /// Runs the selected cases of `file` and reports each.
  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError)
}

/// Runs files of any format on one thread.
public final class FixtureRunner {
  private var runners: [FixtureFormat: any FormatRunner] = [:]
  /// Hands every line of a trace (EIP-3155) to this closure, for formats that execute.
  private let trace: ((String) -> Void)?
  private let memoryLimit: Int
  private let workers: [Int]
  private let accessLists: Bool
  private let stores: Bool

  /// A runner; `trace` gets the lines of a trace, without line breaks, and `memoryLimit` is how many
  /// bytes of EVM memory a case may take. With numbers of `workers`, blocks are also executed in
  /// parallel by so many, and have to come to the same. With `accessLists`, the block access lists of
  /// blocks from Cancun on are made and checked. With `stores`, chains are also imported through the
  /// pipeline into a store, and have to come to the same.
  public init(
    trace: ((String) -> Void)? = nil, memoryLimit: Int? = nil, workers: [Int] = [],
    accessLists: Bool = false, stores: Bool = false
  ) {
    self.stores = stores
    self.workers = workers
    self.accessLists = accessLists
    self.trace = trace
    self.memoryLimit = memoryLimit ?? EVM.defaultMemoryLimit
  }

  /// Runs the selected cases of `file`, which holds `format`, and reports each.
  public func run(
    _ file: FixtureFile, as format: FixtureFormat, _ selection: CaseSelection = CaseSelection(),
    report: (CaseResult) -> Void
  ) throws(JSONError) {
    try runner(of: format).run(file, selection, report: report)
  }

  private func runner(of format: FixtureFormat) -> any FormatRunner {
    if let runner = runners[format] { return runner }
    let runner = make(format)
    runners[format] = runner
    return runner
  }

  private var blockExecution: BlockExecution {
    BlockExecution(
      trace: trace, memoryLimit: memoryLimit, workers: workers, accessLists: accessLists,
      stores: stores)
  }

  private func make(_ format: FixtureFormat) -> any FormatRunner {
    switch format {
    case .rlpTest: RLPTestRunner()
    case .stateTest: StateTestRunner(trace: trace, memoryLimit: memoryLimit)
    case .vmTest: VMTestRunner(trace: trace, memoryLimit: memoryLimit)
    case .blockTest: BlockTestRunner(blockExecution)
    case .engineTest: EngineTestRunner(blockExecution)
    case .difficultyTest: DifficultyTestRunner()
    case .chain: ChainFolderRunner(blockExecution)
    case .trieTest: TrieTestRunner()
    case .transactionTest: TransactionTestRunner()
    case .powTest: PoWTestRunner()
    case .genesisTest: GenesisTestRunner()
    case .basicTest: BasicTestRunner()
    case .precompileVectors: PrecompileVectorRunner(memoryLimit: memoryLimit)
    case .opcodeVectors: OpcodeVectorRunner()
    case .signatureVectors: SignatureVectorRunner()
    case .kzg: KZGVectorRunner()
    case .traceTest: TraceTestRunner(memoryLimit: memoryLimit)
    case .workload: WorkloadRunner(trace: trace, memoryLimit: memoryLimit)
    }
  }
}
