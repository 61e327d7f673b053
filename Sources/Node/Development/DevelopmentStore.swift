// Stores that know the rules of their chain.

public import Chain
internal import Crypto
internal import Foundation
internal import JSON
public import Ledger
internal import Primitives
public import Storage

/// A store with the rules of its chain, which it keeps as a genesis in geth's format. A node goes on by them,
/// whatever it is told when it is started.
public struct DevelopmentStore {
  /// Where the chain is kept.
  public let store: Store
  /// The rules of the chain.
  public let rules: ChainRules

  /// Makes a store of a genesis. The text that it was read from is kept with it, or else one that says the same.
  public static func create(
    at path: String, genesis: Genesis, text: [UInt8]? = nil, options: Store.Options
  ) throws(NodeError) -> DevelopmentStore {
    do throws(StoreError) {
      let store = try Store.create(
        at: path, genesis: genesis.header, allocations: genesis.allocations,
        chainFile: text ?? Array(genesis.json().utf8), options: options)
      try writeChecksum(in: path)
      return DevelopmentStore(store: store, rules: genesis.rules)
    } catch {
      throw NodeError(description: "\(error)")
    }
  }

  /// Opens the store in `path`. With `genesis`, which must be its own, also one that was made without rules.
  public static func open(
    at path: String, genesis: Genesis? = nil, options: Store.Options
  ) throws(NodeError) -> DevelopmentStore {
    let kept = try rules(at: path)
    guard let rules = kept ?? genesis?.rules else {
      throw NodeError(
        description:
          "the store in \(path) was not begun by a development chain: give the genesis that it was made of "
          + "with --genesis FILE to make blocks on it, or follow its network with --network")
    }
    if let genesis, genesis.rules != rules {
      throw NodeError(
        description: "the genesis that is given has other rules than the chain in \(path)")
    }
    do throws(StoreError) {
      let store = try Store.open(at: path, genesis: genesis?.hash, options: options)
      do throws(StoreError) {
        if kept == nil {
          try RulesRecord.keep(rules, in: store)
        } else {
          try RulesRecord.check(rules, of: store)
        }
      } catch {
        try? store.close()
        throw error
      }
      return DevelopmentStore(store: store, rules: rules)
    } catch {
      throw NodeError(description: "\(error)")
    }
  }

  private static func rules(at path: String) throws(NodeError) -> ChainRules? {
    guard let document = try document(at: path) else { return nil }
    do throws(GenesisError) {
      return try Genesis.rules(in: document)
    } catch {
      throw NodeError(description: "\(error)")
    }
  }

  // MARK: - The checksum

  /// Beside the rules: whoever changes them by hand would change what is in the store's blocks.
  private static func checksumFile(_ path: String) -> String { path + "/genesis.keccak" }

  private static func writeChecksum(in path: String) throws(StoreError) {
    guard let bytes = try Store.chainFile(at: path) else { return }
    let file = try File(checksumFile(path), .create)
    try file.write(Array("\(Keccak256.hash(bytes).hex)\n".utf8), at: 0)
    try file.sync()
  }

  /// Throws where the rules are not those that the store was made with. Where no checksum was written, all are taken.
  private static func check(_ bytes: [UInt8], at path: String) throws(NodeError) {
    guard let kept = FileManager.default.contents(atPath: checksumFile(path)) else { return }
    let line = "\(Keccak256.hash(bytes).hex)\n"
    guard kept.elementsEqual(line.utf8) else {
      throw NodeError(
        description:
          "\(path)/genesis.json is not the one that the chain was made with: its checksum is not that "
          + "of genesis.keccak; put the old one back")
    }
  }

  /// The genesis that the store in `path` keeps; nil where it keeps none.
  static func document(at path: String) throws(NodeError) -> JSONDocument? {
    let bytes: [UInt8]?
    do throws(StoreError) {
      bytes = try Store.chainFile(at: path)
    } catch {
      throw NodeError(description: "\(error)")
    }
    guard let bytes else { return nil }
    try check(bytes, at: path)
    do throws(JSONError) {
      return try JSONDocument(
        parsing: bytes, source: "\(path)/genesis.json",
        limits: JSONDocument.Limits(bytes: max(bytes.count, 1)))
    } catch {
      throw NodeError(description: error.description)
    }
  }
}
