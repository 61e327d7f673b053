// The report of an import as text and as JSON.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives
internal import Reports

/// Turns a report into text.
public enum ImportText {
  /// A few lines, the last of them plain.
  public static func summary(_ report: ImportReport) -> String {
    var text = ""
    if let refusal = report.refusal {
      text +=
        "REFUSED \(name(of: refusal)), at byte \(refusal.offset) of \(refusal.path.printable)\n"
      text += "  \(refusal.reason.printable)\n"
      if refusal.isOfSeal {
        text +=
          "  with --no-seal, any proof of work will do, as test chains that were not mined need\n"
      }
    }
    if let error = report.error { text += "STOPPED \(error.printable)\n" }
    if let head = report.head {
      text += "head        block \(head.number), \(head.hash)\n"
      text += "state root  \(head.stateRoot)\n"
    }
    let speed = TextTable.fixed(megagasPerSecond(report), decimals: 1)
    text += "executed    \(report.transactions) transactions, \(report.gasUsed) gas in "
    text += "\(TextTable.fixed(report.seconds, decimals: 2)) s (\(speed) Mgas/s)\n"
    if report.knownBlocks > 0 { text += "known       \(report.knownBlocks) blocks were there\n" }
    if report.asideBlocks > 0 {
      text += "aside       \(report.asideBlocks) blocks of branches that are not the chain: "
      text += "headers and bodies\n            were checked, but not executed, and the store does "
      text += "not keep them\n"
    }
    if report.olderBlocks > 0 {
      text += "older       \(report.olderBlocks) blocks lie too far back to be looked at\n"
    }
    return text + "\(report.blocks) imported, \(report.refusal == nil ? 0 : 1) refused\n"
  }

  /// The report for machines.
  public static func json(_ report: ImportReport) -> String {
    var writer = JSONWriter()
    writer.object { root in
      root.member("blocks", report.blocks)
      root.member("knownBlocks", report.knownBlocks)
      root.member("asideBlocks", report.asideBlocks)
      root.member("olderBlocks", report.olderBlocks)
      root.member("transactions", report.transactions)
      root.member("gasUsed", report.gasUsed)
      root.member("seconds", report.seconds)
      root.member("mgasPerSecond", megagasPerSecond(report))
      if let head = report.head {
        root.key("head")
        root.object {
          $0.member("number", head.number)
          $0.member("hash", head.hash.hex)
          $0.member("stateRoot", head.stateRoot.hex)
        }
      }
      if let refusal = report.refusal {
        root.key("refused")
        root.object { object in
          object.member("file", refusal.path)
          object.member("position", refusal.position)
          object.member("offset", refusal.offset)
          if let block = refusal.block {
            object.member("number", block.number)
            object.member("hash", block.hash.hex)
          }
          object.member("reason", refusal.reason)
        }
      }
      if let error = report.error { root.member("error", error) }
    }
    return writer.text
  }

  private static func name(of refusal: ImportReport.Refusal) -> String {
    refusal.block.map { "block \($0.number) (\($0.hash))" }
      ?? "item \(refusal.position), which should be a block"
  }

  private static func megagasPerSecond(_ report: ImportReport) -> Double {
    report.seconds > 0 ? Double(report.gasUsed) / 1e6 / report.seconds : 0
  }
}
