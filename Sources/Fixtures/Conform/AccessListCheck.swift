// Block access lists of executed blocks, held against the blocks.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State

/// Checks that an emitted list says all that its block accessed and changed, and nothing else.
final class AccessListCheck {
  private let executor: SequentialExecutor

  init(memoryLimit: Int) {
    executor = SequentialExecutor(memoryLimit: memoryLimit)
    executor.emitsAccessLists = true
  }

  /// What is wrong with the list of `outcome`; nil when all is right, or when there is none. Whether the
  /// block's gas pays for so many items is not asked: a fixture may have less than the system calls need.
  func problem(
    of outcome: BlockOutcome, _ block: ExecutableBlock, on view: any StateView
  ) -> String? {
    guard let list = outcome.accessList else { return nil }
    do {
      let decoded = try BlockAccessList(decoding: list.encoded)
      guard decoded == list else { return "its encoding says something else" }
      guard try Self.keepsStorage(decoded.diff(over: view)) == Self.keepsStorage(outcome.diff)
      else {
        return "what it says of the state is not what execution left there"
      }
      let listed = ListedView(view)
      let again = try executor.execute(block, on: listed)
      try decoded.check(against: again.accessList ?? BlockAccessList(), gasLimit: .max)
      guard again == outcome else { return "executed again, the block comes to another outcome" }
      return listed.problem(of: decoded, block)
    } catch {
      return "\(error)"
    }
  }

  /// The diff without its marks of wiped storage: an account that was only paid has none to lose.
  private static func keepsStorage(_ diff: StateDiff) -> StateDiff {
    StateDiff(
      accounts: diff.accounts.map {
        AccountChange(address: $0.address, account: $0.account, storage: $0.storage)
      }, codes: diff.codes)
  }
}

/// A state that notes what it is asked for.
private final class ListedView: StateView {
  private let base: any StateView
  private var accounts: Set<Address> = []
  private var slots: Set<StorageKey> = []

  init(_ base: any StateView) { self.base = base }

  /// What was asked for but not listed, or listed but not asked for. What only the access lists of
  /// transactions name may be asked for (EIP-2930).
  func problem(of list: BlockAccessList, _ block: ExecutableBlock) -> String? {
    var warmed: Set<Address> = []
    var warmedSlots: Set<StorageKey> = []
    for entry in block.transactions.lazy.flatMap(\.accessList) {
      warmed.insert(entry.address)
      for slot in entry.slots {
        warmedSlots.insert(StorageKey(address: entry.address, slot: slot))
      }
    }
    var listed: Set<Address> = []
    var listedSlots: Set<StorageKey> = []
    for account in list.accounts {
      listed.insert(account.address)
      for slot in account.storageReads + account.storageChanges.map(\.slot) {
        listedSlots.insert(StorageKey(address: account.address, slot: slot))
      }
    }
    if let address = accounts.subtracting(listed).subtracting(warmed).first {
      return "it lacks \(address)"
    }
    if let key = slots.subtracting(listedSlots).subtracting(warmedSlots).first {
      return "it lacks slot \(key.slot) of \(key.address)"
    }
    if let address = listed.subtracting(accounts).first { return "nobody asks for \(address)" }
    // Of an account that is new to the state no slot is asked for.
    for key in listedSlots.subtracting(slots) where (try? base.account(key.address)) != nil {
      return "nobody asks for slot \(key.slot) of \(key.address)"
    }
    return nil
  }

  func account(_ address: Address) throws(StateReadError) -> Account? {
    accounts.insert(address)
    return try base.account(address)
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    slots.insert(StorageKey(address: address, slot: slot))
    return try base.storage(address, slot)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    try base.hasStorage(address)
  }

  func code(_ hash: Hash256) throws(StateReadError) -> Code { try base.code(hash) }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    try base.blockHash(number)
  }
}
