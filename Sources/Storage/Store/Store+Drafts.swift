// Blocks whose hash is known only when their root is.

public import Primitives
public import State
internal import Synchronization

extension Store {
  /// Tells the hash of a block that was advanced to without one (`.zero`): its header names the root of
  /// the state, which follows from the block. Called by who computes roots.
  public func name(_ block: BlockIdentity) {
    advanced.withLock { blocks in
      guard let index = blocks.firstIndex(where: { $0.block.number == block.number }) else {
        return
      }
      blocks[index].block = block
    }
    state.names.set(block)
  }

  /// Says which blocks that were advanced to without a hash will be named: who executes waits for the
  /// hash of such a block, and gets none where it will not come.
  public func expectNames(below number: UInt64) { state.names.expect(below: number) }

  /// Makes changes in the tries alone, in the middle of a block that was not advanced to yet; the root
  /// there. The changes that `root` gets lead on from there; `retreat` undoes them otherwise.
  public func moveTries(by diff: StateDiff, run: ConcurrentRun) throws(StoreError) -> Hash256 {
    try checkUsable()
    if moves.isEmpty { try followWithDatabase(run: run) }
    moves.append(diff)
    return try decisive { () throws(StoreError) in try apply(diff, run: run) }
  }

  /// Takes the tries back to the last block whose root was computed, at which the state stands.
  func undoMoves() throws(StoreError) {
    if moves.isEmpty { return }
    var slots: [Address: Set<UInt256>] = [:]
    var wiped: Set<Address> = []
    for change in moves.flatMap(\.accounts) {
      slots[change.address, default: []].formUnion(change.storage.map(\.slot))
      if change.wipesStorage || change.account == nil { wiped.insert(change.address) }
    }
    var changes: [AccountChange] = []
    for (address, slots) in slots.sorted(by: { $0.key < $1.key }) {
      let account = try before { () throws(StateReadError) in try state.account(address) }
      var storage: [SlotChange] = []
      if account != nil, wiped.contains(address) {
        storage = try state.slots(of: address)
      } else if account != nil {
        for slot in slots.sorted() {
          let word = try before { () throws(StateReadError) in try state.storage(address, slot) }
          storage.append(SlotChange(slot: slot, value: word))
        }
      }
      changes.append(
        AccountChange(
          address: address, account: account,
          wipesStorage: account != nil && wiped.contains(address), storage: storage))
    }
    _ = try apply(StateDiff(accounts: changes), run: Self.inTurn)
    moves.removeAll()
  }

  private func before<Value>(
    _ body: () throws(StateReadError) -> Value
  ) throws(StoreError) -> Value {
    do throws(StateReadError) {
      return try body()
    } catch {
      throw .state(error)
    }
  }
}
