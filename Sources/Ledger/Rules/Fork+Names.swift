// How forks are called.

extension Fork: CustomStringConvertible, LosslessStringConvertible {
  /// The name as the protocol's documents write it.
  public var name: String {
    switch self {
    case .frontier: "Frontier"
    case .homestead: "Homestead"
    case .tangerineWhistle: "Tangerine Whistle"
    case .spuriousDragon: "Spurious Dragon"
    case .byzantium: "Byzantium"
    case .constantinople: "Constantinople"
    case .petersburg: "Petersburg"
    case .istanbul: "Istanbul"
    case .muirGlacier: "Muir Glacier"
    case .berlin: "Berlin"
    case .london: "London"
    case .arrowGlacier: "Arrow Glacier"
    case .grayGlacier: "Gray Glacier"
    case .paris: "Paris"
    case .shanghai: "Shanghai"
    case .cancun: "Cancun"
    case .prague: "Prague"
    case .osaka: "Osaka"
    }
  }

  /// The name.
  public var description: String { name }

  /// Names that published test suites and other programs use besides `name`, in lower case.
  private static let aliases: [String: Fork] = [
    "eip150": .tangerineWhistle, "tangerine": .tangerineWhistle,
    "eip155": .spuriousDragon, "eip158": .spuriousDragon, "spurious": .spuriousDragon,
    "constantinoplefix": .petersburg,
    "eip2384": .muirGlacier,
    "merge": .paris, "themerge": .paris,
    "latest": .latest,
  ]

  /// Every fork by its name without capitals and spaces.
  private static let byPlainName = Dictionary(
    uniqueKeysWithValues: allCases.map { (plain($0.name), $0) })

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { !" -_".contains($0) }
  }

  /// The fork of this name, in any spelling that is in use: capitals, spaces, hyphens and
  /// underscores do not matter.
  public init?(_ description: String) {
    let key = Fork.plain(description)
    guard let fork = Fork.byPlainName[key] ?? Fork.aliases[key] else { return nil }
    self = fork
  }
}
