// A whole state in memory.

internal import Crypto
public import Ledger
public import Primitives

/// A complete state held in tables: what is not there does not exist.
///
/// Reading takes one probe of one table. Nobody may read while `apply` or `insert` runs.
public final class MemoryState: StateView {
  /// An account and where the list of its slots is.
  struct Record: BitwiseCopyable {
    var account: Account
    /// An index of `slotLists`, or −1 as long as no slot was written.
    var slotList = -1
  }

  /// The slots of one account that stand in the table of words, some of them perhaps zero again.
  struct SlotList {
    var slots: [UInt256] = []
    var nonZeroCount = 0
  }

  // Written only by `apply` and `insert`, which nobody may overlap; the dynamic check of a class
  // property would cost as much as the read.
  @exclusivity(unchecked) var records = FlatTable<Address, Record>()
  @exclusivity(unchecked) var words = FlatTable<StorageKey, UInt256>()
  @exclusivity(unchecked) var slotLists: [SlotList] = []
  @exclusivity(unchecked) var freeSlotLists: [Int] = []
  @exclusivity(unchecked) var codeNumbers = FlatTable<Hash256, Int>()
  @exclusivity(unchecked) var codes: [Code] = []
  @exclusivity(unchecked) var blockHashes = FlatTable<UInt64, Hash256>()

  /// A state without accounts.
  public init() {}

  /// A state with these accounts; of two with the same address the later one counts.
  public convenience init(_ allocations: some Sequence<AccountAllocation>) {
    self.init()
    for allocation in allocations { insert(allocation) }
  }

  // MARK: - Reading

  /// The account, or nil when there is none.
  public func account(_ address: Address) -> Account? { records.find(address)?.pointee.account }

  /// The word in `slot` of the account, zero when nothing was ever written there.
  public func storage(_ address: Address, _ slot: UInt256) -> UInt256 {
    words.find(StorageKey(address: address, slot: slot))?.pointee ?? .zero
  }

  /// Whether any slot of the account is not zero.
  public func hasStorage(_ address: Address) -> Bool {
    guard let record = records.find(address), record.pointee.slotList >= 0 else { return false }
    return slotLists[record.pointee.slotList].nonZeroCount > 0
  }

  /// The code with this hash.
  public func code(_ hash: Hash256) throws(StateReadError) -> Code {
    if hash == Code.emptyHash { return Code.empty }
    guard let number = codeNumbers.find(hash) else { throw .missingCode(hash) }
    return codes[number.pointee]
  }

  /// The hash of block `number`, when it was given to `setBlockHash`.
  public func blockHash(_ number: UInt64) -> Hash256? { blockHashes.find(number)?.pointee }

  /// Brings the accounts into the caches: all their slots first, so that the waits overlap.
  public func prefetch(_ addresses: UnsafeBufferPointer<Address>) {
    for address in addresses { records.prefetchSlot(of: address) }
    for address in addresses { records.prefetchEntry(of: address) }
  }

  /// Brings the index of the slot into the caches.
  public func prefetch(_ address: Address, _ slot: UInt256) {
    words.prefetchSlot(of: StorageKey(address: address, slot: slot))
  }

  /// How many accounts there are.
  public var accountCount: Int { records.count }

  /// Calls `body` with every account, in no useful order.
  public func forEachAccount(_ body: (Address, Account) -> Void) {
    records.forEach { address, record in body(address, record.account) }
  }

  /// Calls `body` with every slot of the account that is not zero, in no useful order.
  public func forEachSlot(of address: Address, _ body: (_ slot: UInt256, _ word: UInt256) -> Void) {
    guard let record = records.find(address), record.pointee.slotList >= 0 else { return }
    for slot in slotLists[record.pointee.slotList].slots {
      let word = storage(address, slot)
      if !word.isZero { body(slot, word) }
    }
  }

  /// The root of the state: Keccak-keyed tries of accounts and of each one's storage.
  public func root() -> Hash256 { StateRoot.of(self) }
}
