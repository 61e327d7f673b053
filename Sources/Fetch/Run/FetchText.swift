// The report of fetching as text and as JSON.

internal import Fixtures
internal import JSON
internal import Ledger

/// Turns a report into text.
public enum FetchText {
  /// How many lines of differences of one block are shown.
  private static let differenceLimit = 20

  /// A line a block, the differences, the errors, and one last plain line.
  public static func lines(_ report: FetchReport) -> String {
    let notices = report.blocks.map(FetchNotice.block) + report.errors.map(FetchNotice.failure)
    return notices.map { line($0) + "\n" }.joined() + summary(report)
  }

  /// What has happened, without the end of its last line.
  public static func line(_ notice: FetchNotice) -> String {
    switch notice {
    case .block(let block): line(block)
    case .failure(let error): "NOT FETCHED  \(error)"
    case .wait(let seconds, let isWish):
      "waiting \(Int(seconds.rounded(.up))) s"
        + (isWish ? ", as the node asks" : ", then the request is repeated")
    }
  }

  /// How many blocks were not tried, and one last plain line.
  public static func summary(_ report: FetchReport) -> String {
    var text = report.wasStopped ? "stopped\n" : ""
    if report.untriedCount > 0 {
      text += report.untriedCount == 1 ? "1 block was" : "\(report.untriedCount) blocks were"
      text += report.wasStopped ? " not fetched to the end\n" : " not tried\n"
    }
    return text + "\(report.equalCount) equal, \(report.differingCount) differ, "
      + "\(report.errors.count) not fetched\n"
  }

  private static func line(_ block: FetchedBlock) -> String {
    let replay = block.replay
    var text =
      "block \(replay.number)  \(replay.fork)  \(replay.transactionCount) transactions  "
    text += "\(replay.gasUsed) gas  \(replay.differences.isEmpty ? "equal" : "DIFFERS")  "
    text += block.wasThere ? "already there: " : "\(block.requestCount) requests: "
    text += block.path.printable
    if block.didDistrustTracer {
      text += "\n  the node's tracer gave values that do not replay equal: each was asked for"
    }
    for line in replay.differences.split(separator: "\n").prefix(differenceLimit) {
      text += "\n  \(String(line).printable)"
    }
    return text
  }

  /// The report for machines.
  public static func json(_ report: FetchReport) -> String {
    var writer = JSONWriter()
    writer.object { root in
      if let chainID = report.chainID { root.member("chainId", chainID) }
      root.key("blocks")
      root.array { list in
        for block in report.blocks {
          list.object {
            $0.member("number", block.replay.number)
            $0.member("path", block.path)
            $0.member("alreadyThere", block.wasThere)
            $0.member("fork", block.replay.fork.name)
            $0.member("transactions", block.replay.transactionCount)
            $0.member("gasUsed", block.replay.gasUsed)
            $0.member("requests", block.requestCount)
            $0.member("tracerDistrusted", block.didDistrustTracer)
            $0.member("equal", block.replay.differences.isEmpty)
            $0.member("differences", block.replay.differences)
          }
        }
      }
      root.member("equal", report.equalCount)
      root.member("differ", report.differingCount)
      root.member("untried", report.untriedCount)
      root.member("stopped", report.wasStopped)
      root.member("requests", report.requestCount)
      root.key("errors")
      root.array { list in report.errors.forEach { list.value($0.description) } }
    }
    return writer.text
  }
}
