// Why a store cannot do what it was asked for.

public import Primitives
public import State

/// Why a store cannot do what it was asked for. Nothing that was acknowledged is lost by any of these.
public enum StoreError: Error, Sendable, Hashable {
  /// Another process, or another store of this one, has the folder open.
  case locked(path: String)
  /// There is no store in the folder.
  case notAStore(path: String)
  /// The folder where a store was to be created is not empty.
  case notEmpty(path: String)
  /// The store has another format.
  case otherVersion(path: String, found: String, supported: String)
  /// The store belongs to a chain with another first block.
  case wrongGenesis(path: String, expected: Hash256, found: Hash256)
  /// Blocks of the store were made by other rules than those that are given.
  case otherRules(path: String, reason: String)
  /// The header of the first block names another state than the allocations make.
  case wrongStateRoot(stated: Hash256, computed: Hash256)
  /// There is no room left where the store lies.
  case noSpace(path: String)
  /// The system has no `needed` bytes of address space for a store with such a cache and so many workers.
  case noMemory(path: String, needed: Int, cacheSize: Int, workerCount: Int)
  /// The system starts no more threads, of which the database needs a few.
  case noThreads(path: String)
  /// The store is made, and could not be opened then.
  indirect case madeButNotOpened(path: String, StoreError)
  /// The store lies where nothing can be written.
  case readOnly(path: String)
  /// The user who runs this may not read or write what has to be.
  case notPermitted(path: String)
  /// The system refused an operation on a file.
  case system(path: String, operation: String, reason: String)
  /// A file is not what was written; `offset` in bytes and `block` where they are known.
  case corrupted(path: String, offset: UInt64?, block: UInt64?, reason: String)
  /// The state could not be read.
  case state(StateReadError)
  /// A block that does not follow the one before it.
  case notNext(expected: UInt64, found: UInt64)
  /// A block that lies outside of what can be undone.
  case beyondHistory(block: UInt64, oldest: UInt64)
  /// There is a file already where one was to be written.
  case fileExists(path: String)
  /// A file is no export of a state, or a damaged one; `offset` in bytes.
  case stateFile(path: String, offset: UInt64, reason: String)
  /// Blocks that the store does not have, all of them.
  case noSuchBlocks(first: UInt64, last: UInt64, oldest: UInt64, head: UInt64)
  /// The changes of a block were dropped: they lie further back than history is kept.
  case pruned(block: UInt64)
  /// An account with storage was destroyed in a store that does not keep the keys of slots.
  case keysOfSlotsMissing(Address)
  /// Who asked for it does not want it any more.
  case interrupted
  /// Something failed before; the store must be opened again.
  case failedBefore(String)
}

extension StoreError: CustomStringConvertible {
  /// What is wrong and what to do, for people.
  public var description: String {
    switch self {
    case .locked(let path): "\(path): another process has this store open; end it first"
    case .notAStore(let path):
      "\(path): there is no store here; needletail import --genesis FILE --data DIR makes one"
    case .notEmpty(let path): "\(path): not empty; a store is created in a new or empty folder"
    case .otherVersion(let path, let found, let supported):
      "\(path): a store of format \(found), this program has format \(supported); export and import"
    case .wrongGenesis(let path, let expected, let found):
      "\(path): the store's genesis block is \(found), not \(expected); use another folder"
    case .otherRules(let path, let reason):
      "\(path): the chain in this store was made by other rules: \(reason); give the genesis that it was "
        + "made with, or use another folder"
    case .wrongStateRoot(let stated, let computed):
      "the genesis states the state root \(stated), its accounts make \(computed)"
    case .noSpace(let path): "\(path): no space left; make room and try again"
    case .readOnly(let path):
      "\(path): the file system is read-only; name a folder that can be written (a store must lie in one "
        + "even to be read)"
    case .notPermitted(let path):
      "\(path): cannot be read or written by this user; give both permissions"
    case .noMemory(let path, let needed, let cacheSize, let workerCount):
      "\(path): there is not enough memory: a cache of \(mebibytes(cacheSize)) and \(workerCount) "
        + "\(workerCount == 1 ? "worker" : "workers") need \(mebibytes(needed)) beside what the program "
        + "takes anyway; allow more (ulimit -v), or make the cache smaller if it is large"
    case .noThreads(let path):
      "\(path): the system starts no more threads, of which the database needs a few; allow more "
        + "(ulimit -u)"
    case .madeButNotOpened(let path, let reason):
      "\(path): the store is made, and whole; only opening it failed: \(reason)"
    case .system(let path, let operation, let reason): "\(path): \(operation) failed: \(reason)"
    case .corrupted(let path, let offset, let block, let reason):
      "\(path)\(offset.map { ", byte \($0)" } ?? "")\(block.map { ", block \($0)" } ?? ""): "
        + "damaged: \(reason); restore the store from a copy, or import the chain again"
    case .state(let error): "\(error)"
    case .notNext(let expected, let found): "block \(expected) comes next, not \(found)"
    case .beyondHistory(let block, let oldest):
      "the state of block \(block) is pruned: the oldest that is kept is that of block \(oldest)"
    case .fileExists(let path): "\(path): there is a file already; --force replaces it"
    case .stateFile(let path, let offset, let reason):
      "\(path), byte \(offset): \(reason); take another copy, or export it again"
    case .noSuchBlocks(let first, let last, let oldest, let head):
      "the store has the blocks \(oldest) to \(head), not all of \(first) to \(last)"
    case .pruned(let block):
      "the changes of block \(block) were pruned: it lies further back than history is kept"
    case .keysOfSlotsMissing(let address):
      "\(address) is destroyed, and this store does not keep the keys of slots; create it anew"
    case .interrupted: "interrupted"
    case .failedBefore(let reason):
      "\(reason) (the store takes nothing more until it is opened again)"
    }
  }
}

/// A number of bytes for people, rounded up.
private func mebibytes(_ count: Int) -> String { "\((count + (1 << 20) - 1) >> 20) MiB" }
