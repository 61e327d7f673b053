// What came of a run of fuzzing.

internal import JSON

/// What came of a run of fuzzing, or has come of it so far.
public struct FuzzReport: Sendable {
  /// Where a run is.
  public enum Stage: String, Sendable {
    case running
    /// Ended before its plan was done.
    case stopped
    case finished
  }

  /// What was to be done.
  public let plan: FuzzPlan
  /// Cases tried, by the order of the plan's targets.
  public let cases: [UInt64]
  /// What was found: how to repeat it, what is wrong, and the input where that is bytes.
  public let findings: [String]
  /// How long it took.
  public let seconds: Double
  /// Where it is.
  public let stage: Stage

  /// Exit status: 0 when nothing was found.
  public var exitStatus: Int32 { findings.isEmpty ? 0 : 1 }

  /// How many findings a target has.
  private func count(_ target: String) -> Int {
    findings.count { $0.hasPrefix("needletail fuzz \(target) ") }
  }

  /// Findings, then a table of targets; the last line counts targets without and with findings.
  public var text: String {
    var text = findings.map { $0 + "\n" }.joined()
    let width = plan.targets.map(\.count).max() ?? 0
    text += "target".padded(to: width) + "        cases  findings\n"
    for (target, count) in zip(plan.targets, cases) {
      text += target.padded(to: width) + "\(count)".leftPadded(to: 13)
      text += "\(self.count(target))".leftPadded(to: 10) + "\n"
    }
    let failed = plan.targets.count { count($0) > 0 }
    text += "seed \(plan.seed), \(Int(seconds.rounded())) s, \(cases.reduce(0, +)) cases"
    text += stage == .finished ? "\n" : ", \(stage.rawValue)\n"
    return text + "\(plan.targets.count - failed) passed, \(failed) failed\n"
  }

  /// The same as JSON.
  public var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("seed", plan.seed)
      writer.member("seconds", seconds)
      writer.member("stage", stage.rawValue)
      writer.key("targets")
      writer.array { writer in
        for (target, cases) in zip(plan.targets, cases) {
          writer.object { writer in
            writer.member("target", target)
            writer.member("cases", cases)
            writer.member("findings", count(target))
          }
        }
      }
      writer.key("findings")
      writer.array { writer in
        for finding in findings { writer.value(finding) }
      }
    }
    return writer.text
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
