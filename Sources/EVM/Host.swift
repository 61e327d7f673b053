// What the machine asks of the world.

public import Ledger
public import Primitives

/// The world as a running contract sees it: accounts, storage, logs, and checkpoints to return to.
///
/// The machine decides gas and control flow; the host only answers and records. Every change made
/// after a `checkpoint` is undone by `revert(to:)`, warmth of addresses and slots (EIP-2929) included.
public protocol Host: AnyObject {
  /// Marks the account as accessed in this transaction; true when it was not before (cold).
  func accessAccount(_ address: Address) -> Bool

  /// Whether the account is in the state at all (before EIP-161, empty accounts are).
  func accountExists(_ address: Address) -> Bool
  /// Whether the account is absent or has no nonce, no balance and no code (EIP-161).
  func accountIsEmpty(_ address: Address) -> Bool
  /// Whether a contract may not be created at the address: nonce, code or storage stand there
  /// (EIP-684, EIP-7610).
  func accountCollides(_ address: Address) -> Bool

  func balance(of address: Address) -> UInt256
  /// Whether the balance is at least `amount`; says less than `balance(of:)`, and so depends on less.
  func hasBalance(_ amount: UInt256, of address: Address) -> Bool
  func nonce(of address: Address) -> UInt64
  /// Keccak-256 of the code; zero for an account that does not exist (before EIP-161) or is empty.
  func codeHash(of address: Address) -> Hash256
  /// The code, alive at least until the transaction ends.
  func code(of address: Address) -> CodeReference

  /// Whether the slot was not accessed in this transaction, without accessing it.
  func storageIsCold(_ address: Address, _ slot: UInt256) -> Bool
  func loadStorage(_ address: Address, _ slot: UInt256) -> StorageLoad
  /// Writes `value` and tells what stood there before. Marks the slot as accessed.
  func storeStorage(_ address: Address, _ slot: UInt256, _ value: UInt256) -> StorageStore
  /// Notes that the run would have gone the same way had the word of a slot, which `loadStorage` gave
  /// as a counter, been up to `up` greater, or up to `down` less.
  func narrow(_ counter: UInt32, up: UInt256, down: UInt256)
  /// Notes that the exact word of the slot mattered.
  func observe(_ counter: UInt32)
  /// Writes a value that is the word of the counter, be it of this slot or of another, with something
  /// added or subtracted; else as `storeStorage`.
  func storeCounter(
    _ counter: UInt32, _ address: Address, _ slot: UInt256, _ value: UInt256
  ) -> StorageStore
  func loadTransient(_ address: Address, _ slot: UInt256) -> UInt256
  func storeTransient(_ address: Address, _ slot: UInt256, _ value: UInt256)

  /// Appends an event.
  func log(
    _ address: Address, topics: UnsafeBufferPointer<UInt256>, data: UnsafeRawBufferPointer)

  /// The hash of one of the last 256 blocks, zero where unknown. The machine has checked the range.
  func blockHash(_ number: UInt64) -> Hash256

  /// A point to return to.
  func checkpoint() -> Checkpoint
  /// Undoes every change since `checkpoint`.
  func revert(to checkpoint: Checkpoint)

  /// Moves `value`; the machine has checked the balance. Touches the recipient (EIP-161), even for
  /// nothing.
  func transfer(_ value: UInt256, from sender: Address, to recipient: Address)
  func incrementNonce(of address: Address)
  /// Begins the life of a contract: marks it as created in this transaction, gives it `nonce`, and
  /// moves the endowment.
  func createContract(
    _ address: Address, creator: Address, value: UInt256, nonce: UInt64)
  /// Stores the code of a contract.
  func setCode(_ code: UnsafeRawBufferPointer, of address: Address)
  /// SELFDESTRUCT by the fork's rule: moves the whole balance and, where the rule says so, marks the
  /// account for deletion at the end of the transaction. True when it was not marked before.
  func selfDestruct(_ address: Address, beneficiary: Address) -> Bool

  /// Whether the host has come to the limit of its memory. Its answers are worthless then, and the
  /// machine ends the run with `Halt.memoryLimit`.
  var isExhausted: Bool { get }
}

extension Host {
  /// Compares the balance.
  public func hasBalance(_ amount: UInt256, of address: Address) -> Bool {
    balance(of: address) >= amount
  }

  /// A host that knows no warmth has no cold slots.
  public func storageIsCold(_ address: Address, _ slot: UInt256) -> Bool { false }

  /// A host that gives no counters hears nothing of them.
  public func narrow(_ counter: UInt32, up: UInt256, down: UInt256) {}

  /// A host that gives no counters hears nothing of them.
  public func observe(_ counter: UInt32) {}

  /// Writes the value.
  public func storeCounter(
    _ counter: UInt32, _ address: Address, _ slot: UInt256, _ value: UInt256
  ) -> StorageStore {
    storeStorage(address, slot, value)
  }

  /// A host without limits is never exhausted.
  public var isExhausted: Bool { false }
}
