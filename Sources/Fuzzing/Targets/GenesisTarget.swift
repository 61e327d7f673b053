// Genesis files, whole and damaged.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// Geth's genesis files: those that are whole are read as what was written, damaged ones are refused
/// or make a chain all the same.
final class GenesisTarget: FuzzTarget {
  static let name = "genesis"
  static let summary =
    "genesis files: refused with a place, or read with the root of their accounts"

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let model = GenesisModel(&generator)
    let bytes = Array(model.text(&generator).utf8)
    if let problem = difference(bytes, model) { return Finding(problem, input: bytes) }
    // What a person would damage, and what a disk would.
    let damaged =
      generator.oneIn(2)
      ? Array(model.text(&generator, faults: generator.within(1...3)).utf8)
      : generator.mutated(bytes)
    guard check(damaged) != nil else { return nil }
    let smallest = Shrinker.smallest(damaged) { check($0) != nil }
    return Finding(check(smallest) ?? "fails only now and then", input: smallest)
  }

  private func difference(_ bytes: [UInt8], _ model: GenesisModel) -> String? {
    let genesis: Genesis
    do {
      genesis = try Genesis(JSONDocument(parsing: bytes, source: "genesis"))
    } catch {
      return "refused: \(error)"
    }
    guard genesis.allocations.sorted(by: { $0.address < $1.address }) == model.accounts else {
      return "read with other accounts"
    }
    let header = genesis.header
    guard header.gasLimit == model.gasLimit, header.timestamp == model.timestamp,
      header.difficulty == model.difficulty, header.extraData == model.extraData,
      header.coinbase == model.coinbase
    else { return "read with another header: \(header)" }
    let fork = genesis.rules.fork(block: 0, timestamp: model.timestamp)
    guard fork == model.fork else { return "begins with \(fork), not with \(model.fork)" }
    return check(genesis)
  }

  private func check(_ bytes: [UInt8]) -> String? {
    guard let document = try? JSONDocument(parsing: bytes, source: "genesis") else { return nil }
    do throws(GenesisError) {
      return check(try Genesis(document))
    } catch {
      return error.description.isEmpty ? "refused without a word" : nil
    }
  }

  /// The root is that of the accounts, and the chain can begin.
  private func check(_ genesis: Genesis) -> String? {
    let expected = NaiveStateRoot.of(genesis.allocations)
    guard genesis.header.stateRoot == expected else {
      return "state root \(genesis.header.stateRoot), by definition \(expected)"
    }
    guard let again = try? Header(decoding: genesis.header.encoded), again == genesis.header else {
      return "the header does not come back from its encoding"
    }
    do throws(InvalidBlock) {
      let chain = try Blockchain(
        genesis: genesis.header, state: genesis.state(), rules: genesis.rules)
      return chain.head.hash == genesis.hash ? nil : "the chain begins with another block"
    } catch {
      return "no chain begins with it: \(error)"
    }
  }
}
