// What a run of code or of a workload gave.

internal import EVM
internal import JSON
internal import Primitives
internal import Reports

/// The result of a run, and its times.
public struct Measurement: Sendable {
  /// Why it failed; nil for success. Of a workload, the first failure.
  public var failure: String?
  /// Whether the run ended because it needs more memory than it was allowed: no verdict on the code.
  public var hitMemoryLimit = false
  /// Whether a transaction may not stand in the workload's block: no verdict on the code either.
  public var wasRefused = false
  /// Gas used. Of a workload, as its transactions pay it, refunds taken off.
  public var gasUsed: UInt64 = 0
  /// The refund counter at the end of a message.
  public var refund: Int64 = 0
  /// What the last message returned.
  public private(set) var output: [UInt8] = []
  /// How many transactions ran; zero for a bare message.
  public var transactions = 0
  /// Nanoseconds of processor time of every run, in order.
  public var times: [UInt64] = []

  /// How many bytes of output stand in the lines for people.
  static let printedOutput = 1024

  /// Whether everything succeeded.
  public var succeeded: Bool { failure == nil }
  /// The fastest run.
  public var minimum: UInt64 { times.min() ?? 0 }
  /// The run in the middle.
  public var median: UInt64 { times.isEmpty ? 0 : times.sorted()[times.count / 2] }

  /// Takes a copy of what the last message returned. Where the system has no room for it, that is a
  /// run beyond its memory.
  mutating func take(output bytes: UnsafeRawBufferPointer) {
    output = []
    guard SystemMemory.hasRoom(for: bytes.count, isPromised: true) else {
      failure = "\(Halt.memoryLimit)"
      hitMemoryLimit = true
      return
    }
    output = Array(bytes)
  }

  /// Whether the system has room for texts that hold the whole output: digits, and the texts around
  /// them while they grow.
  public var hasRoomForTexts: Bool {
    SystemMemory.hasRoom(for: output.count * 10, isPromised: true)
  }

  /// Lines for people.
  public var text: String {
    var lines = ["result    \(failure ?? "success")"]
    lines.append("gas used  \(gasUsed)")
    if refund != 0 { lines.append("refund    \(refund)") }
    if transactions > 0 { lines.append("transactions  \(transactions)") }
    if transactions < 2 { lines.append("output    \(shortOutput)") }
    if times.count > 1 {
      lines.append("runs      \(times.count)")
      lines.append("minimum   \(Self.milliseconds(minimum)) ms")
      lines.append("median    \(Self.milliseconds(median)) ms")
    } else {
      lines.append("time      \(Self.milliseconds(minimum)) ms")
    }
    if minimum > 0, succeeded {
      let rate = Double(gasUsed) * 1000 / Double(minimum)
      lines.append("speed     \(TextTable.fixed(rate, decimals: 1)) Mgas/s")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var shortOutput: String {
    let shown = Hex.encode(output.prefix(Self.printedOutput))
    return output.count > Self.printedOutput
      ? "\(shown)… (\(output.count) bytes; --json for all)" : shown
  }

  /// The line that ends a trace (EIP-3155).
  var traceSummary: String {
    TraceSummary(output: output, gasUsed: gasUsed, passed: succeeded).line
  }

  /// An object for machines.
  public var json: String {
    var writer = JSONWriter()
    writer.object { root in
      root.member("success", succeeded)
      if let failure { root.member("failure", failure) }
      root.member("gasUsed", gasUsed)
      root.member("refund", refund)
      root.member("output", Hex.encode(output))
      root.member("transactions", transactions)
      root.key("bench")
      root.object {
        $0.member("runs", times.count)
        $0.member("minNs", minimum)
        $0.member("medianNs", median)
      }
    }
    return writer.text
  }

  private static func milliseconds(_ nanoseconds: UInt64) -> String {
    TextTable.fixed(Double(nanoseconds) / 1e6, decimals: 4)
  }
}
