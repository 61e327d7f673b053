// What one worker needs to change and hash tries.

internal import Crypto
internal import Primitives

/// One worker's hands. It changes parts of tries in which nobody else is at work.
struct TrieWorker: ~Copyable {
  /// Leaves below a branch from which on the store has a record of it.
  static let recordThreshold: UInt32 = 64

  var nodes: NodeAllocator
  var batch = KeccakBatch()
  let source: (any TrieSource)?
  /// The trie in hand.
  var trie = TrieName.accounts
  /// Values of changes in the trie in hand: words of slots, or accounts.
  var words: UnsafePointer<UInt256>
  var accounts: UnsafeMutablePointer<AccountItem>
  /// Which time between takings of changes it is.
  var epoch: UInt16 = 0
  /// Whether what is built stands in the store as it is.
  var isLoading = false
  /// Whether the memory of what changes has been asked for.
  var isWarm = false
  var removals = Removals()
  var pending = PendingNodes()
  /// Time in jobs, and the part of it that went into encoding and hashing nodes.
  var timeAtWork = Duration.zero
  var timeForHashes = Duration.zero
  /// Room for the value of a leaf.
  let scratch: UnsafeMutableRawPointer

  init(pool: NodePool, source: (any TrieSource)?) {
    nodes = NodeAllocator(pool: pool)
    self.source = source
    scratch = .allocate(byteCount: 256, alignment: 16)
    // Nothing is read from there before there is a trie in hand.
    words = UnsafePointer(scratch.assumingMemoryBound(to: UInt256.self))
    accounts = scratch.assumingMemoryBound(to: AccountItem.self)
  }

  deinit { scratch.deallocate() }

  @inline(__always)
  func memory(_ node: NodeIndex) -> UnsafeMutableRawPointer {
    nodes.base + Int(node) &* NodePool.unit
  }

  @inline(__always)
  func leaf(_ node: NodeIndex) -> LeafNode { LeafNode(at: memory(node)) }

  @inline(__always)
  func branch(_ node: NodeIndex) -> BranchNode { BranchNode(at: memory(node)) }
}

/// What a worker has taken out of tries and a store may still have.
struct Removals {
  var accounts: [Hash256] = []
  var slots: [StorageKey] = []
  var accountBranches: [NibblePath] = []
  var storageBranches: [StoragePath] = []
  var storages: [Hash256] = []

  /// The place of a slot among all storages.
  struct StorageKey: BitwiseCopyable, Comparable {
    var account: Hash256
    var slot: Hash256

    static func < (a: StorageKey, b: StorageKey) -> Bool {
      a.account == b.account ? a.slot < b.slot : a.account < b.account
    }
  }

  /// The place of a branch among all storages.
  struct StoragePath: BitwiseCopyable, Comparable {
    var account: Hash256
    var path: NibblePath

    static func < (a: StoragePath, b: StoragePath) -> Bool {
      a.account == b.account ? a.path < b.path : a.account < b.account
    }
  }
}

extension TrieWorker {
  /// Notes that the trie in hand has no leaf `key` any more.
  mutating func noteRemoval(of key: Hash256) {
    guard source != nil else { return }
    if trie.isStorage {
      removals.slots.append(.init(account: trie.accountHash, slot: key))
    } else {
      removals.accounts.append(key)
    }
  }

  /// Notes that the store's record of a branch of the trie in hand, which begins after `count` half
  /// bytes of `key`, is of no use any more.
  mutating func forgetRecord(of branch: BranchNode, key: Hash256, count: Int) {
    guard branch.marks.contains(.recorded) else { return }
    branch.marks.remove(.recorded)
    noteRemovedRecord(at: NibblePath(key, count: count))
  }

  mutating func noteRemovedRecord(at path: NibblePath) {
    if trie.isStorage {
      removals.storageBranches.append(.init(account: trie.accountHash, path: path))
    } else {
      removals.accountBranches.append(path)
    }
  }

  /// Notes that everything in the storage of an account is gone.
  mutating func noteWipe(ofAccountWithHash hash: Hash256) {
    if source != nil { removals.storages.append(hash) }
  }
}
