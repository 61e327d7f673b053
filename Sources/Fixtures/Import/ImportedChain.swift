// A chain that grows by encoded blocks.

internal import Chain
internal import Execution
internal import Ledger
internal import State

/// A chain from its genesis on.
final class ImportedChain {
  /// What became of a block.
  enum Verdict {
    case added(Block)
    /// It was there already, and the head stays where it is.
    case known
    /// It breaks a rule; without a block where the encoding is none.
    case refused(Block?, InvalidBlock)
    /// It could not be executed, which says nothing about it.
    case notExecuted(Block, ExecutionError)
  }

  let blockchain: Blockchain

  init(
    _ genesis: Genesis, executor: SequentialExecutor, seal: Blockchain.SealCheck?
  ) throws(GenesisError) {
    do throws(InvalidBlock) {
      blockchain = try Blockchain(
        genesis: genesis.header, state: genesis.state(), rules: genesis.rules, executor: executor,
        seal: seal)
    } catch {
      throw .stateRootDiffers(
        stated: genesis.header.stateRoot, computed: genesis.state().root())
    }
  }

  /// Adds the block with this encoding.
  func add(_ encoding: [UInt8]) -> Verdict {
    let block: Block
    do throws(Block.DecodingError) {
      block = try Block(decoding: encoding)
    } catch {
      return .refused(nil, .malformed(error))
    }
    return add(block)
  }

  /// Adds a block.
  func add(_ block: Block) -> Verdict {
    if blockchain.block(block.hash) != nil { return .known }
    do throws(BlockImportError) {
      try blockchain.importBlock(block)
    } catch {
      switch error {
      case .invalid(let reason): return .refused(block, reason)
      case .notExecuted(let error): return .notExecuted(block, error)
      }
    }
    return .added(block)
  }
}
