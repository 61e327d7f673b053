// Whether a block access list is that of its block.

public import EVM
public import Ledger
public import State

/// Executes blocks to find out whether the lists that came with them are right (EIP-7928).
public final class AccessListValidator {
  private let executor: SequentialExecutor

  /// A validator whose machine, and whose state, may take `memoryLimit` bytes each.
  public init(memoryLimit: Int = EVM.defaultMemoryLimit) {
    executor = SequentialExecutor(memoryLimit: memoryLimit)
    executor.emitsAccessLists = true
  }

  /// The outcome of `block` over `view`, whose list must be `list`: neither more nor less.
  public func execute(
    _ block: ExecutableBlock, with list: BlockAccessList, on view: any StateView
  ) throws(AccessListError) -> BlockOutcome {
    let outcome: BlockOutcome
    do throws(BlockExecutionError) {
      outcome = try executor.execute(block, on: view)
    } catch {
      throw .block(error)
    }
    guard let executed = outcome.accessList else { throw .notExpressible(block.rules.fork) }
    do throws(BlockAccessList.Mismatch) {
      try list.check(against: executed, gasLimit: block.environment.gasLimit)
    } catch {
      throw .list(error)
    }
    return outcome
  }
}

/// Why a block is not taken together with its access list.
public enum AccessListError: Error, Sendable, Hashable {
  /// The block has no outcome.
  case block(BlockExecutionError)
  /// The list is not the block's.
  case list(BlockAccessList.Mismatch)
  /// Under this fork, before Cancun, no list says all that a block does.
  case notExpressible(Fork)
}
