// Which suite a file belongs to.

/// Names rows of the table after the published suites.
enum SuiteNames {
  private static let published: Set<String> = [
    "ethereum-tests-state", "legacytests-state", "ethereum-tests-basic", "eest-state",
    "eest-state-static", "ethereum-tests-blockchain", "legacytests-blockchain", "eest-blockchain",
    "eest-engine", "eest-benchmark", "mainnet-blocks", "precompiles", "kzg", "traces", "chains",
    "rpc-compat", "ml-dsa",
  ]

  /// The suite of the file or archive `path`, found under the argument `root`: a published name on
  /// the way, or the last part of the argument.
  static func suite(of path: String, under root: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    for part in parts {
      let stem = part.split(separator: ".").first.map(String.init) ?? part
      if published.contains(stem) { return stem }
      if stem == "workloads" || stem == "bench" { return "bench" }
    }
    if parts.suffix(2).first.map({ $0 == "bytecode" || $0 == "blocks" }) == true { return "bench" }
    return root.split(separator: "/").last.map(String.init) ?? root
  }
}
