// The speed of the precompiled contracts as tables and as JSON.

internal import JSON
internal import Reports

extension PrecompileSpeed {
  /// Two tables and one last plain line.
  public var text: String {
    var worst = TextTable([
      "contract", "worst input", ">tried", ">ns", ">gas", ">Mgas/s", "at least \(Int(Self.floor))",
    ])
    for row in self.worst {
      worst.add([
        row.contract, row.input, "\(row.tried)", TextTable.fixed(row.nanoseconds, decimals: 0),
        "\(row.gas)", TextTable.fixed(row.megagasPerSecond, decimals: 1),
        row.isFastEnough ? "yes" : "NO",
      ])
    }
    var targets = TextTable(["target", ">ns", ">at most", "met"])
    for row in self.targets {
      targets.add([
        row.name, TextTable.fixed(row.nanoseconds, decimals: 0),
        TextTable.fixed(row.limit, decimals: 0), row.isMet ? "yes" : "NO",
      ])
    }
    let slow = self.worst.count { !$0.isFastEnough } + self.targets.count { !$0.isMet }
    return worst.rendered + "\n" + targets.rendered
      + "times are processor time of one thread, the least of all runs; gas is the price of the input, "
      + "or of the call where that is more\n"
      + "\(self.worst.count + self.targets.count - slow) fast enough, \(slow) too slow\n"
  }

  /// An object for machines.
  public var json: String {
    var writer = JSONWriter()
    writer.object { root in
      root.objects("worst", of: worst) { object, row in
        object.member("contract", row.contract)
        object.member("input", row.input)
        object.member("tried", row.tried)
        object.member("ns", row.nanoseconds)
        object.member("gas", row.gas)
        object.member("mgasPerSecond", row.megagasPerSecond)
        object.member("fastEnough", row.isFastEnough)
      }
      root.objects("targets", of: targets) { object, row in
        object.member("name", row.name)
        object.member("ns", row.nanoseconds)
        object.member("limitNs", row.limit)
        object.member("met", row.isMet)
      }
    }
    return writer.text
  }
}
