// One thing to try over and over.

internal import Primitives
public import Samples

/// One thing to try over and over, with other random values in each round.
///
/// An instance serves one thread and may keep memory from round to round, never anything that a later
/// round's verdict depends on.
public protocol FuzzTarget: AnyObject, SendableMetatype {
  /// What it is called on the command line.
  static var name: String { get }
  /// One line: what is tried, and against what.
  static var summary: String { get }

  /// A target with nothing tried yet.
  init()

  /// Tries one case made of `generator`; answers what is wrong, nil when all is well.
  func run(_ generator: inout SeededGenerator) -> Finding?
}

/// Something wrong, found by fuzzing.
public struct Finding: Sendable, Hashable {
  /// What is wrong: the property that does not hold, and both sides of it.
  public var problem: String
  /// The smallest input that shows it, where the input is bytes.
  public var input: [UInt8]?

  /// A finding.
  public init(_ problem: String, input: [UInt8]? = nil) {
    self.problem = problem
    self.input = input
  }
}

extension Finding: CustomStringConvertible {
  /// The problem, and the input on a line of its own.
  public var description: String {
    problem + (input.map { "\ninput \(Hex.encode($0))" } ?? "")
  }
}

/// A target whose input is bytes: what it finds is made small.
protocol ByteTarget: FuzzTarget {
  /// The bytes of a round.
  func bytes(_ generator: inout SeededGenerator) -> [UInt8]
  /// What is wrong with the treatment of `bytes`.
  func check(_ bytes: [UInt8]) -> String?
}

extension ByteTarget {
  /// Tries the bytes of one round.
  public func run(_ generator: inout SeededGenerator) -> Finding? {
    let bytes = bytes(&generator)
    guard check(bytes) != nil else { return nil }
    let smallest = Shrinker.smallest(bytes) { check($0) != nil }
    return Finding(check(smallest) ?? "the property fails only now and then", input: smallest)
  }
}

/// Every target.
public enum FuzzTargets {
  /// In the order in which they are tried.
  public static let all: [any FuzzTarget.Type] = [
    HexTarget.self, JSONTarget.self, RLPTarget.self, TransactionTarget.self, HeaderTarget.self,
    BlockTarget.self, ReceiptTarget.self, CodeTarget.self, ArithmeticTarget.self, TrieTarget.self,
    StateTrieTarget.self, CurveTarget.self, RecoveryTarget.self, InterpreterTarget.self,
    ExecutionTarget.self,
    TracersTarget.self, GenesisTarget.self, ProofsTarget.self, BlockTreesTarget.self,
    ParallelTarget.self, SchedulesTarget.self,
  ]

  /// What they are called.
  public static var names: [String] { all.map { $0.name } }

  /// The target of this name.
  public static func named(_ name: String) -> (any FuzzTarget.Type)? {
    all.first { $0.name == name }
  }
}
