// A conflict report as tables and as JSON.

internal import Execution
public import JSON
internal import Primitives
internal import State

extension ConflictReport {
  /// What the columns mean, for whoever sees the tables.
  static let explanation = """
    A transaction depends on another one when it read a value that the other was the last to change. \
    Balances that only had to be enough, fees to the coinbase, the nonces of one sender and slots of \
    which only a range mattered do not count; "without commutativity" says what would hold if they did. The critical path is the chain \
    of dependencies that takes most time; the limit is the time of all transactions divided by it.
    """

  /// Two tables: the blocks, and the `shown` hottest places.
  public func text(shown: Int = 20) -> String {
    var table = TextTable([
      "block", ">txs", ">dependent", ">path txs", ">path µs", ">path Mgas", ">all µs", ">limit",
      ">without commutativity", ">avoided: balance", ">fee", ">nonce", ">slot",
    ])
    for block in blocks { table.add(Self.cells(of: block)) }
    var text = table.rendered + "\n"
    if hotSpots.isEmpty {
      text += "no transaction needs another one of its block\n"
    } else {
      var table = TextTable([
        "contract", "function", "place", ">dependents", ">on the path", ">Mgas", ">µs",
      ])
      for spot in hotSpots.prefix(shown) { table.add(spot.cells) }
      text += table.rendered
    }
    if hotSpots.count > shown { text += "… and \(hotSpots.count - shown) places more\n" }
    return text
  }

  static func cells(of block: Entry) -> [String] {
    let profile = block.profile
    let path = profile.criticalPath()
    return [
      block.name, "\(profile.transactions.count)", "\(block.dependentCount)",
      "\(path.transactions.count)", microseconds(path.nanoseconds), megagas(path.gasUsed),
      microseconds(profile.nanoseconds), Figures.times(profile.bestSpeedUp()),
      Figures.times(profile.bestSpeedUp(includingAvoided: true)),
    ] + AvoidedDependency.Reason.allCases.map { "\(block.avoidedCount($0))" }
  }

  static func microseconds(_ nanoseconds: UInt64) -> String {
    TextTable.fixed(Double(nanoseconds) / 1e3, decimals: 1)
  }

  static func megagas(_ gas: UInt64) -> String { TextTable.fixed(Double(gas) / 1e6, decimals: 3) }

  /// Writes the report as a member `conflicts`, with the `shown` hottest places.
  public func write(to root: inout JSONWriter, shown: Int = 1000) {
    root.key("conflicts")
    root.object { report in
      report.objects("blocks", of: blocks) { writer, block in
        let path = block.profile.criticalPath()
        writer.member("name", block.name)
        writer.member("transactions", block.profile.transactions.count)
        writer.member("dependentTransactions", block.dependentCount)
        writer.member("nanoseconds", block.profile.nanoseconds)
        writer.member("gasUsed", block.profile.gasUsed)
        writer.key("criticalPath")
        writer.object {
          $0.key("transactions")
          $0.array { list in path.transactions.forEach { list.value($0) } }
          $0.member("nanoseconds", path.nanoseconds)
          $0.member("gasUsed", path.gasUsed)
        }
        writer.member("bestSpeedup", block.profile.bestSpeedUp())
        writer.member(
          "bestSpeedupWithoutCommutativity", block.profile.bestSpeedUp(includingAvoided: true))
        writer.key("avoided")
        writer.object {
          $0.member("balance", block.avoidedCount(.balance))
          $0.member("fee", block.avoidedCount(.fee))
          $0.member("nonce", block.avoidedCount(.nonce))
          $0.member("slot", block.avoidedCount(.slot))
        }
      }
      report.objects("hotSpots", of: hotSpots.prefix(shown)) { writer, spot in
        writer.member("contract", "\(spot.contract)")
        if let selector = spot.selector { writer.member("selector", Figures.selector(selector)) }
        if case .slot(let slot) = spot.place {
          writer.member("slot", "\(slot)")
        } else {
          writer.member("account", spot.place.name)
        }
        writer.member("dependents", spot.dependents)
        writer.member("criticalSteps", spot.criticalSteps)
        writer.member("gasUsed", spot.gasUsed)
        writer.member("nanoseconds", spot.nanoseconds)
      }
    }
  }
}

extension ConflictReport.HotSpot {
  var cells: [String] {
    [
      "\(contract)", Figures.selector(selector), place.name, "\(dependents)", "\(criticalSteps)",
      ConflictReport.megagas(gasUsed), ConflictReport.microseconds(nanoseconds),
    ]
  }
}

extension ConflictReport.Place {
  var name: String {
    switch self {
    case .slot(let slot): "slot \(Figures.short(slot))"
    case .balance: "balance"
    case .nonce: "nonce"
    case .code: "code"
    case .existence: "existence"
    }
  }
}
