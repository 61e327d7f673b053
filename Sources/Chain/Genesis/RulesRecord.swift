// The rules by which the chain in a store was made.

internal import JSON
public import Ledger
internal import Primitives
public import Storage

/// The rules of a chain as a file of its store's folder, so that nobody goes on with the chain by others.
///
///     { "chainId": 1, "forks": { "London": { "block": 12965000 }, "Shanghai": { "time": 1681338455 } }, … }
public enum RulesRecord {
  private static func file(_ path: String) -> String { path + "/rules.json" }

  /// Throws where blocks that are in `store` were made by other rules than these; from now on the store's chain has
  /// these. A store that says nothing of its rules gets them.
  public static func keep(_ rules: ChainRules, in store: Store) throws(StoreError) {
    let known = try read(in: store.path)
    if let known { try check(known, rules, store) }
    if known == nil, let made = try rulesMadeWith(store.path) { try check(made, rules, store) }
    if known != rules { try write(rules, in: store.path) }
  }

  /// Throws where blocks that are in `store` were made by other rules than these, as far as it says.
  public static func check(_ rules: ChainRules, of store: Store) throws(StoreError) {
    if let known = try read(in: store.path) { try check(known, rules, store) }
  }

  private static func check(
    _ known: ChainRules, _ rules: ChainRules, _ store: Store
  ) throws(StoreError) {
    if known == rules { return }
    let head = store.head
    guard let header = try store.header(head.number) else { return }
    let difference = known.difference(
      from: rules, from: store.genesis, upTo: header,
      totalDifficulty: try store.totalDifficulty(head.number) ?? .zero,
      time: { (try? store.header($0))?.timestamp })
    guard let difference else { return }
    throw .otherRules(
      path: store.path, reason: "\(difference), and its head is block \(head.number)")
  }

  /// The rules in the genesis that the store was made of, where it keeps one.
  private static func rulesMadeWith(_ path: String) throws(StoreError) -> ChainRules? {
    guard let bytes = try Store.chainFile(at: path) else { return nil }
    let name = path + "/genesis.json"
    do throws(JSONError) {
      let document = try JSONDocument(
        parsing: bytes, source: name, limits: JSONDocument.Limits(bytes: max(1, bytes.count)))
      return try ChainRules(config: document.root.field("config"))
    } catch {
      throw .corrupted(path: name, offset: nil, block: nil, reason: error.description)
    }
  }

  // MARK: - The file

  /// No record is longer.
  private static let sizeLimit: UInt64 = 1 << 20

  /// What the store in the folder `path` says; nil where it says nothing.
  private static func read(in path: String) throws(StoreError) -> ChainRules? {
    let name = file(path)
    guard Folder.exists(name) else { return nil }
    let file = try File(name, .read)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(min(max(1, try file.size()), sizeLimit)), alignment: 1)
    defer { buffer.deallocate() }
    let bytes = Array(buffer[..<(try file.read(into: buffer, at: 0))])
    do throws(JSONError) {
      return try ChainRules(recorded: JSONDocument(parsing: bytes, source: name).root)
    } catch {
      throw .corrupted(path: name, offset: nil, block: nil, reason: error.description)
    }
  }

  /// Writes the file whole, or not at all.
  private static func write(_ rules: ChainRules, in path: String) throws(StoreError) {
    let new = file(path) + ".new"
    if Folder.exists(new) { try Folder.removeFile(new) }
    let target = try File(new, .create)
    let bytes = Array(rules.record.utf8)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: bytes)
    try target.write(UnsafeRawBufferPointer(buffer), at: 0)
    try target.sync()
    try Folder.move(new, to: file(path))
    try Folder.sync(path)
  }
}

extension ChainRules {
  fileprivate var record: String {
    var writer = JSONWriter()
    writer.object { object in
      object.member("chainId", chainID)
      object.key("forks")
      object.object { forks in
        for (fork, activation) in activations.sorted(by: { $0.key < $1.key }) {
          forks.key(fork.name)
          forks.object { begin in
            switch activation {
            case .block(let number): begin.member("block", number)
            case .timestamp(let time): begin.member("time", time)
            }
          }
        }
      }
      object.key("blobs")
      object.object { schedule in
        for (time, blobs) in blobSchedule.sorted(by: { $0.key < $1.key }) {
          schedule.key("\(time)")
          schedule.object { blobs.write(to: &$0) }
        }
      }
      if let daoFork {
        object.member("daoForkBlock", daoFork.block)
        object.member("daoForkSupport", daoFork.isSupported)
      }
      if let terminalTotalDifficulty {
        object.member("terminalTotalDifficulty", terminalTotalDifficulty.hex)
      }
      object.member("depositContract", depositContract.hex)
    }
    return writer.text
  }

  fileprivate init(recorded object: JSONValue) throws(JSONError) {
    self.init(chainID: try object.field("chainId").uint64(), activations: [:])
    for member in try object.field("forks").members() {
      guard let fork = Fork(member.key.string) else {
        throw member.value.unexpected("a fork that this program knows")
      }
      if let number = try member.value.optionalField("block") {
        activations[fork] = .block(try number.uint64())
      } else {
        activations[fork] = .timestamp(try member.value.field("time").uint64())
      }
    }
    for member in try object.field("blobs").members() {
      guard let time = UInt64(member.key.string) else { throw member.value.unexpected("a time") }
      blobSchedule[time] = try BlobParameters(member.value)
    }
    if let block = try object.optionalField("daoForkBlock") {
      daoFork = DAOForkRule(
        block: try block.uint64(),
        isSupported: try object.field("daoForkSupport").boolean ?? true)
    }
    terminalTotalDifficulty = try object.optionalField("terminalTotalDifficulty")?.uint256()
    depositContract = try object.field("depositContract").address()
  }
}
