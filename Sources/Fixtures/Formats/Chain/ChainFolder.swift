// A chain in several files of a folder.

/// The files of a folder that describe a chain together: `genesis.json`, `chain.rlp`, and what may lie
/// beside them; in folders of it, exchanges of JSON-RPC about it. The others belong to no test of their own.
enum ChainFolder {
  /// The name that tells a folder of a chain.
  static let blocks = "chain.rlp"
  /// The file under whose name the chain is run.
  static let genesis = "genesis.json"
  /// The file of the calls of `engine_newPayload` that bring the chain.
  static let payloads = "newpayload.json"
  /// What is read besides.
  static let parts = [
    "headblock.json", "headfcu.json", "headstate.json", payloads, OpenRPC.fileName,
  ]

  /// How the names of files end that record exchanges of JSON-RPC.
  static let exchange = ".io"

  /// The most bytes of all chains of an archive together: they wait until it ends.
  static let byteLimit = 512 << 20

  /// Whether the file is read, given that it lies in the folder of a chain.
  static func reads(_ path: String) -> Bool {
    let name = name(of: path)
    return isExchange(name) || name == blocks || name == genesis || parts.contains(name)
  }

  /// Whether the file records an exchange of JSON-RPC.
  static func isExchange(_ path: String) -> Bool { path.hasSuffix(exchange) }

  /// The folder of the chain that the file at `path` belongs to, if there is one.
  static func folder(of path: String) -> String {
    let folder = Companions.folder(of: path)
    return String(isExchange(path) ? Companions.folder(of: String(folder)) : folder)
  }

  /// The last part of a path.
  static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}

/// The chains of an archive, put together as their files come.
struct ArchivedChains {
  private var files: [String: [String: [UInt8]]] = [:]
  private var total = 0

  /// Notes that `path` is in the archive.
  mutating func see(_ path: String) {
    if ChainFolder.name(of: path) == ChainFolder.blocks {
      files[String(Companions.folder(of: path))] = [:]
    }
  }

  /// Whether the file at `path` lies in the folder of a chain.
  func includes(_ path: String) -> Bool {
    !files.isEmpty && files[ChainFolder.folder(of: path)] != nil
  }

  /// Keeps a file of a chain; throws when all of them are too large.
  mutating func add(_ bytes: [UInt8], path: String) throws(FixtureError) {
    total += bytes.count
    guard total <= ChainFolder.byteLimit else {
      throw .incomplete("\(path): the chains of the archive have too many bytes together")
    }
    let folder = ChainFolder.folder(of: path)
    files[folder, default: [:]][String(path.dropFirst(folder.count + 1))] = bytes
  }

  /// The files of each chain by folder.
  var folders: [(path: String, files: [String: [UInt8]])] {
    files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
