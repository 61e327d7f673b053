// The speed of the state root as a table and as JSON.

internal import JSON
internal import Reports

extension TrieSpeed {
  /// A table and a line about what was measured.
  public var text: String {
    var table = TextTable([
      "way", ">ms a block", ">middle half", ">keys", ">structure", ">hashes",
    ])
    func cell(_ value: Double?) -> String {
      value.map { TextTable.fixed($0, decimals: 1) } ?? ""
    }
    for row in rows {
      let half = row.milliseconds.middleHalf
      table.add([
        row.name, cell(row.milliseconds.median),
        "\(cell(half.lowerBound))–\(cell(half.upperBound))",
        cell(row.keys), cell(row.structure), cell(row.hashes),
      ])
    }
    return table.rendered
      + "\(plan.changes) of \(plan.accounts) accounts and of \(plan.slots) slots in "
      + "\(plan.contracts) contracts change in a block; tries take \(memory >> 20) MiB\n"
      + "keys are milliseconds as they pass, structure and hashes those of all workers together\n"
  }

  /// An object for machines.
  public var json: String {
    var writer = JSONWriter()
    writer.object { root in
      root.member("accounts", plan.accounts)
      root.member("slots", plan.slots)
      root.member("contracts", plan.contracts)
      root.member("changes", plan.changes)
      root.member("memoryBytes", memory)
      root.objects("ways", of: rows) { object, row in
        object.member("name", row.name)
        object.member("medianMs", row.milliseconds.median)
        object.member("lowMs", row.milliseconds.middleHalf.lowerBound)
        object.member("highMs", row.milliseconds.middleHalf.upperBound)
        if let keys = row.keys { object.member("keysMs", keys) }
        if let structure = row.structure { object.member("structureMs", structure) }
        if let hashes = row.hashes { object.member("hashesMs", hashes) }
      }
    }
    return writer.text
  }
}
