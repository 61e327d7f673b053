// Changes of the state from outside, between blocks.

internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization

/// What was changed from outside in the states of a chain's blocks, each while its block was the head. Any thread may
/// call it.
///
/// Edits belong to the state after the block that was the head when they were made: whoever asks for that state sees
/// them from then on, also when other blocks have followed, until the chain goes back beyond that block. The next block
/// is executed on the edited state, and its state root has them; that of their own block has them not.
final class StateEdits: Sendable {
  fileprivate struct Edited {
    let block: BlockIdentity
    var edits = AccountEdits()
  }

  fileprivate struct Contents {
    var edited: [Hash256: Edited] = [:]
    /// The blocks, in the order in which they were edited first.
    var order: [Hash256] = []
    /// The edited state that was asked for last, of the block with this hash, until it is edited further. One alone:
    /// each keeps history from being dropped.
    var view: (block: Hash256, state: EditedState)?
  }

  /// The edits of so many blocks are remembered.
  fileprivate static let blockLimit = 65_536

  private let contents: Mutex<Contents>
  /// Held by who edits.
  private let journal: Mutex<EditJournal?>
  /// How many pieces of the journal were damaged, and are not among the edits.
  let skipped: Int

  /// No edits, which no journal is to keep.
  init() {
    contents = Mutex(Contents())
    journal = Mutex(nil)
    skipped = 0
  }

  /// The edits that the journal at `path` keeps, as far as their blocks are in the chain of `store`.
  init(journal path: String, of store: Store) throws(StoreError) {
    var contents = Contents()
    let records: [EditRecord]
    (records, skipped) = try EditJournal.read(path)
    for record in records {
      guard try store.hash(ofBlock: record.block.number) == record.block.hash else { continue }
      contents.change(record.block) { record.apply(to: &$0) }
    }
    journal = Mutex(try EditJournal(path, contents.records))
    self.contents = Mutex(contents)
  }

  /// The edits of the state after the block with this hash.
  func edits(at block: Hash256) -> AccountEdits {
    contents.withLock { $0.edited[block]?.edits } ?? AccountEdits()
  }

  /// Whether the state after the block with this hash is edited.
  func areThere(at block: Hash256) -> Bool {
    contents.withLock { $0.edited[block] != nil }
  }

  /// A state with its edits; nil where there are none.
  func view(over base: HistoricalState) -> EditedState? {
    contents.withLock { contents in
      let hash = base.block.hash
      guard let edited = contents.edited[hash] else { return nil }
      if let view = contents.view, view.block == hash { return view.state }
      let state = EditedState(base, edits: edited.edits)
      contents.view = (hash, state)
      return state
    }
  }

  /// Edits the state after a block further, all or nothing.
  func add(
    _ changes: [(address: Address, change: EditRecord.Change)], at block: BlockIdentity
  ) throws(StoreError) {
    try add(changes.map { EditRecord(block, $0) }, at: block)
  }

  /// Puts edits in the place of those that are there.
  func set(_ edits: AccountEdits, at block: BlockIdentity) throws(StoreError) {
    if edits.isEmpty, !areThere(at: block.hash) { return }
    try add([EditRecord(block, nil)] + EditRecord.all(edits.diff, at: block), at: block)
  }

  /// Forgets the edits of blocks behind this one, where the chain does not come any more.
  func forget(behind number: UInt64) throws(StoreError) {
    let gone = contents.withLock { contents in
      contents.edited.values.map(\.block).filter { $0.number > number }
    }
    for block in gone { try add([EditRecord(block, nil)], at: block) }
  }

  private func add(_ records: [EditRecord], at block: BlockIdentity) throws(StoreError) {
    try journal.withLock { (journal) throws(StoreError) in
      func edited() -> Contents {
        var after = contents.withLock { $0 }
        after.apply(records, at: block)
        return after
      }
      if records.count <= Self.fewRecords {
        try journal?.append(records) { edited().records }
        contents.withLock { $0.apply(records, at: block) }
      } else {
        // Those who read meanwhile do not wait for so many.
        let after = edited()
        try journal?.append(records) { after.records }
        contents.withLock { $0 = after }
      }
    }
  }

  /// So many are made where they are seen; more beside that, in a copy.
  private static let fewRecords = 1000
}

extension StateEdits.Contents {
  mutating func apply(_ records: [EditRecord], at block: BlockIdentity) {
    change(block) { edits in for record in records { record.apply(to: &edits) } }
  }

  mutating func change(_ block: BlockIdentity, _ body: (inout AccountEdits) -> Void) {
    let hash = block.hash
    let isNew = edited[hash] == nil
    // Nobody else holds the edits then, and they are changed where they are.
    if view?.block == hash { view = nil }
    body(&edited[hash, default: StateEdits.Edited(block: block)].edits)
    if edited[hash]?.edits.isEmpty == true {
      edited[hash] = nil
      order.removeAll { $0 == hash }
    } else if isNew {
      order.append(hash)
      if order.count > StateEdits.blockLimit { edited[order.removeFirst()] = nil }
    }
  }

  /// All that is to be kept.
  var records: [EditRecord] {
    order.flatMap { hash in
      edited[hash].map { EditRecord.all($0.edits.diff, at: $0.block) } ?? []
    }
  }
}

/// An account while it is edited.
struct EditedAccount {
  var account: Account
  /// The words of slots that are written now.
  var storage: [UInt256: UInt256] = [:]
  /// Its code, where that is new.
  var code: Code?
}

extension ChainReader {
  /// Edits accounts in the state at the head, all or none. Neither may a block be made meanwhile nor anything else be
  /// edited.
  func edit(
    _ addresses: [Address], _ change: (Address, inout EditedAccount) throws(RPCError) -> Void
  ) throws(RPCError) {
    if let problem = store.problem { throw .failed("\(problem)") }
    let base = try view(at: .latest)
    var changes: [(address: Address, change: EditRecord.Change)] = []
    for address in addresses {
      let before = try readingState { () throws(StateReadError) in try base.account(address) }
      let now = edits.edits(at: base.block.hash).account(address) ?? before
      var edited = EditedAccount(account: now ?? Account())
      try change(address, &edited)
      changes.append((address, try self.change(of: address, from: before, to: edited, in: base)))
    }
    try reading { () throws(StoreError) in try edits.add(changes, at: base.block) }
  }

  private func change(
    of address: Address, from before: Account?, to edited: EditedAccount, in base: HistoricalState
  ) throws(RPCError) -> EditRecord.Change {
    if edited.account.isEmpty {
      // It is gone where nothing else is left of it.
      let words = edits.edits(at: base.block.hash).words(of: address)
        .merging(edited.storage) { _, new in new }
      let hasStorage = try readingState { () throws(StateReadError) in
        if words.values.contains(where: { !$0.isZero }) { return true }
        return try base.hasStorage(address)
      }
      if !hasStorage { return before == nil ? .forgotten : .removed }
    }
    return .set(edited.account, words: edited.storage, code: edited.code?.bytes ?? [])
  }

  /// The state that the transactions of a block began on, system calls aside. Throws where there is no block
  /// before.
  func state(before block: Found) throws(RPCError) -> any StateView {
    guard block.number > store.genesisBlock.number else {
      throw .failed("genesis is not traceable")
    }
    return try state(at: .number(block.number - 1))
  }
}
