// The fork schedule in a genesis file of geth, as far as trace fixtures need it.

internal import JSON
internal import Ledger
internal import Primitives

extension ChainRules {
  /// The rules that `config` of a genesis file in geth's format describes.
  init(genesisConfig config: JSONValue) throws(JSONError) {
    self.init(chainID: try config.field("chainId").uint64(), activations: [.frontier: .block(0)])
    for member in try config.members() where member.value.kind == .integer {
      // Geth does not mind capitals here, and one of the fixtures has one too many.
      let name = member.key.string.lowercased()
      if let fork = Self.forksByBlock[name] {
        activations[fork] = .block(try member.value.uint64())
      } else if let fork = Self.forksByTime[name] {
        activations[fork] = .timestamp(try member.value.uint64())
      }
    }
    if try config.optionalField("terminalTotalDifficulty")?.uint256().isZero == true {
      activations[.paris] = .block(0)
    }
  }

  private static let forksByBlock: [String: Fork] = [
    "homesteadblock": .homestead, "eip150block": .tangerineWhistle,
    "eip158block": .spuriousDragon, "byzantiumblock": .byzantium,
    "constantinopleblock": .constantinople, "petersburgblock": .petersburg,
    "istanbulblock": .istanbul, "muirglacierblock": .muirGlacier, "berlinblock": .berlin,
    "londonblock": .london, "arrowglacierblock": .arrowGlacier, "grayglacierblock": .grayGlacier,
  ]

  private static let forksByTime: [String: Fork] = [
    "shanghaitime": .shanghai, "cancuntime": .cancun, "praguetime": .prague, "osakatime": .osaka,
  ]
}
