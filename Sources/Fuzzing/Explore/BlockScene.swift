// A block and the state it starts from.

public import Execution
public import Fixtures
internal import Ledger
public import Primitives
public import State
public import Workloads

/// A block with the state before it, whole enough to be written down.
public struct BlockScene: Sendable {
  /// The block.
  public var block: ExecutableBlock
  /// The accounts before it.
  public var accounts: [AccountAllocation]
  /// Hashes of blocks before, by number.
  public var blockHashes: [UInt64: Hash256]

  /// A scene. What ends a block beside its withdrawals is left out: rewards and requests.
  public init(
    _ block: ExecutableBlock, accounts: [AccountAllocation],
    blockHashes: [UInt64: Hash256] = [:]
  ) {
    self.block = block
    self.block.rewards = []
    self.block.collectsRequests = false
    self.block.appliesDAOFork = false
    self.accounts = accounts
    self.blockHashes = blockHashes
  }

  /// A recorded block.
  public init(_ block: RecordedBlock) {
    self.init(
      block.executable(senders: block.senders), accounts: block.accounts,
      blockHashes: block.blockHashes)
  }

  /// A generated block.
  public init(_ workload: Workload) {
    let state = MemoryState()
    state.apply(workload.genesis)
    self.init(
      ExecutableBlock(workload.block, senders: workload.senders, rules: workload.rules),
      accounts: state.allocations())
  }

  /// The state before the block.
  func state() -> MemoryState {
    let state = MemoryState(accounts)
    for (number, hash) in blockHashes { state.setBlockHash(number, hash) }
    return state
  }

  /// The same with only the transactions at `places`, in order. A sender's nonces go on without gaps.
  func keeping(_ places: [Int]) -> BlockScene {
    var scene = self
    scene.block.transactions = []
    scene.block.senders = []
    var left: [Address: UInt64] = [:]
    var kept = places[...]
    for (place, sender) in block.senders.enumerated() {
      if kept.first == place {
        kept.removeFirst()
        var transaction = block.transactions[place]
        transaction.nonce &-= left[sender] ?? 0
        scene.block.transactions.append(transaction)
        scene.block.senders.append(sender)
      } else {
        left[sender, default: 0] += 1
      }
    }
    return scene
  }
}

extension MemoryState {
  /// All accounts, by address.
  fileprivate func allocations() -> [AccountAllocation] {
    var accounts: [AccountAllocation] = []
    forEachAccount { address, account in
      var allocation = AccountAllocation(
        address: address, nonce: account.nonce, balance: account.balance)
      if let code = try? code(account.codeHash) { allocation.code = code.bytes }
      forEachSlot(of: address) { allocation.storage[$0] = $1 }
      accounts.append(allocation)
    }
    return accounts.sorted { $0.address < $1.address }
  }
}
