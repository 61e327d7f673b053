// The speed of blocks as a table and as JSON.

internal import JSON
internal import Reports

extension BlockSpeed {
  /// What could not be read, a line each.
  public var complaints: String { ConformText.capped("UNREADABLE", errors) }

  /// A table of the slowest `shown` cases and one last plain line.
  public func text(shown: Int) -> String {
    var table = TextTable(["case", ">Mgas", ">ms", ">Mgas/s"])
    for row in cases.prefix(shown) {
      table.add([
        row.name.printable, TextTable.fixed(Double(row.gas) / 1e6, decimals: 1),
        TextTable.fixed(Double(row.nanoseconds) / 1e6, decimals: 1),
        TextTable.fixed(row.megagasPerSecond, decimals: 1),
      ])
    }
    let median = cases.isEmpty ? 0 : cases[cases.count / 2].megagasPerSecond
    return table.rendered
      + "\(cases.count) blocks, \(min(shown, cases.count)) shown, slowest first; median "
      + "\(TextTable.fixed(median, decimals: 1)) Mgas/s of processor time of one thread\n"
  }

  /// An object for machines, with every case.
  public var json: String {
    var writer = JSONWriter()
    writer.object { root in
      root.objects("cases", of: cases) { object, row in
        object.member("name", row.name)
        object.member("gas", row.gas)
        object.member("ns", row.nanoseconds)
        object.member("mgasPerSecond", row.megagasPerSecond)
      }
      root.key("errors")
      root.array { list in
        for error in errors { list.value(error) }
      }
    }
    return writer.text
  }
}
