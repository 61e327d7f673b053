// Figures about a running node, for Prometheus.

internal import Synchronization

/// Figures about a running node. What happens often is counted with atomics; what is there anyway is asked for
/// when somebody wants to know.
public final class Metrics: Sendable {
  /// What a figure is.
  enum Kind: String, Sendable {
    /// It only grows.
    case counter
    /// It goes up and down.
    case gauge
    /// How often something was at most so much.
    case histogram
  }

  /// A value with what tells it from others of the same name.
  struct Sample: Sendable {
    /// What stands behind the name, as `_bucket`.
    var suffix = ""
    var labels: [(name: String, value: String)] = []
    let value: Double

    init(_ value: Double, suffix: String = "", _ labels: [(name: String, value: String)] = []) {
      self.value = value
      self.suffix = suffix
      self.labels = labels
    }
  }

  private struct Family {
    let name: String
    let help: String
    let kind: Kind
    let read: @Sendable () -> [Sample]
  }

  private let families = Mutex<[Family]>([])

  /// No figures.
  public init() {}

  /// Adds figures of one name.
  func add(
    _ name: String, _ kind: Kind, _ help: String, _ read: @escaping @Sendable () -> [Sample]
  ) {
    families.withLock {
      $0.append(Family(name: name, help: help, kind: kind, read: read))
    }
  }

  /// Adds a figure that stands alone; nothing is written where it is not known.
  func add(
    _ name: String, _ kind: Kind, _ help: String, value read: @escaping @Sendable () -> Double?
  ) {
    add(name, kind, help) { read().map { [Sample($0)] } ?? [] }
  }

  /// All figures in Prometheus's text format, version 0.0.4.
  public var text: String {
    var text = ""
    for family in families.withLock({ $0 }) {
      text +=
        "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.kind.rawValue)\n"
      for sample in family.read() {
        text += family.name + sample.suffix
        if !sample.labels.isEmpty {
          let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
          text += "{\(labels.joined(separator: ","))}"
        }
        text += " \(Self.number(sample.value))\n"
      }
    }
    return text
  }

  private static func escaped(_ label: String) -> String {
    var text = ""
    for character in label {
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
    return text
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}

/// A figure that only grows. Any thread may add to it.
final class Counter: Sendable {
  private let count = Atomic<UInt64>(0)

  func add(_ more: UInt64 = 1) { count.wrappingAdd(more, ordering: .relaxed) }

  var value: UInt64 { count.load(ordering: .relaxed) }
}
