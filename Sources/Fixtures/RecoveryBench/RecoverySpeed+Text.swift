// The speed of recovery as a table and as JSON.

internal import Crypto
internal import JSON
internal import Reports

extension RecoverySpeed {
  /// A table and a plain line.
  public var text: String {
    var table = TextTable([
      ">batch", "way", ">µs a signature", ">least", ">most", ">times libsecp256k1",
    ])
    for (index, row) in rows.enumerated() {
      if index > 0 && rows[index - 1].batch != row.batch { table.addRule() }
      table.add([
        "\(row.batch)", row.way.name, Self.microseconds(row.median), Self.microseconds(row.least),
        Self.microseconds(row.most), TextTable.fixed(row.speedUp, decimals: 2),
      ])
    }
    return table.rendered
      + "median, least and most of \(rounds) rounds, ways in turns; processor time of one thread\n"
  }

  private static func microseconds(_ nanoseconds: Double) -> String {
    TextTable.fixed(nanoseconds / 1000, decimals: 2)
  }

  /// An object for machines.
  public var json: String {
    var writer = JSONWriter()
    writer.object { root in
      root.member("rounds", rounds)
      root.objects("rows", of: rows) { object, row in
        object.member("batch", row.batch)
        object.member("way", row.way.rawValue)
        object.member("nsPerSignature", row.median)
        object.member("leastNs", row.least)
        object.member("mostNs", row.most)
        object.member("speedUp", row.speedUp)
      }
    }
    return writer.text
  }
}
