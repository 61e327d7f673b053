// A chain that grows by encoded blocks.

internal import Chain
internal import Execution
internal import Ledger
internal import Primitives
internal import State

/// What became of a block that was to be imported.
enum ImportVerdict {
  case added(Header, transactions: Int)
  /// It was handed to a chain that looks at it later.
  case handedOver(Hash256)
  /// It was there already, and the head stays where it is.
  case known
  /// It is older than what the chain keeps, and was not looked at.
  case older
  /// It breaks a rule; without a header where the encoding has none.
  case refused(Header?, InvalidBlock)
  /// It could not be executed, which says nothing about it.
  case notExecuted(Header, ExecutionError)
  /// The chain can take no more blocks.
  case failed(String)
}

/// A chain that blocks are imported into.
protocol ImportTarget: AnyObject {
  /// The end of the chain.
  var head: Header { get }
  /// How many blocks of other branches there were that were not executed.
  var asideCount: Int { get }
  /// Adds the block with this encoding. What is wrong with it, or with an earlier one, may be told later.
  func add(_ encoding: [UInt8]) -> ImportVerdict
  /// Waits until all is there, and tells what was wrong with it.
  func finish() -> ImportVerdict?
  /// How many blocks behind the head a parent may lie, when that is why this block has none: it then
  /// belongs to another branch than the chain that was imported.
  func limitPassed(by header: Header) -> UInt64?
  /// Ends it all; why that was not possible, if so.
  func close() -> String?
}

/// A chain in memory, from its genesis on.
final class ImportedChain: ImportTarget {
  let blockchain: Blockchain

  var head: Header { blockchain.head.header }
  /// All are executed.
  var asideCount: Int { 0 }

  func finish() -> ImportVerdict? { nil }
  func close() -> String? { nil }

  init(
    _ genesis: Genesis, executor: any BlockExecutor, forkChoice: ForkChoice = .lastBlock,
    seal: Blockchain.SealCheck?
  ) throws(GenesisError) {
    do throws(InvalidBlock) {
      blockchain = try Blockchain(
        genesis: genesis.header, state: genesis.state(), rules: genesis.rules, executor: executor,
        forkChoice: forkChoice, seal: seal)
    } catch {
      throw .stateRootDiffers(
        stated: genesis.header.stateRoot, computed: genesis.state().root())
    }
  }

  /// Adds the block with this encoding.
  func add(_ encoding: [UInt8]) -> ImportVerdict {
    let block: EncodedBlock
    do throws(Block.DecodingError) {
      block = try EncodedBlock(encoding)
    } catch {
      return .refused(nil, .malformed(error))
    }
    return add(block.header, transactions: block.transactionCount(upTo: .max)) {
      [blockchain] () throws(BlockImportError) in try blockchain.importBlock(block)
    }
  }

  /// Adds a block.
  func add(_ block: Block) -> ImportVerdict {
    add(block.header, transactions: block.transactions.count) {
      [blockchain] () throws(BlockImportError) in try blockchain.importBlock(block)
    }
  }

  /// Whether the block was added before, even if it is so old that the chain remembers its hash alone.
  private func isKnown(_ header: Header) -> Bool {
    let hash = header.hash
    if blockchain.block(hash) != nil { return true }
    return isForgotten(header.number) && blockchain.hash(ofBlock: header.number) == hash
  }

  /// Whether blocks of this number lie too far behind the head to be remembered.
  private func isForgotten(_ number: UInt64) -> Bool {
    let head = blockchain.head.header.number
    return number <= head && head - number >= blockchain.historyLimit
  }

  func limitPassed(by header: Header) -> UInt64? {
    header.number > 0 && isForgotten(header.number - 1) ? blockchain.historyLimit : nil
  }

  private func add(
    _ header: Header, transactions: @autoclosure () -> Int,
    importing: () throws(BlockImportError) -> Hash256
  ) -> ImportVerdict {
    if isKnown(header) { return .known }
    do throws(BlockImportError) {
      _ = try importing()
    } catch {
      switch error {
      case .invalid(let reason): return .refused(header, reason)
      case .notExecuted(let error): return .notExecuted(header, error)
      }
    }
    return .added(header, transactions: transactions())
  }
}
