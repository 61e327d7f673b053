// The accounts that a block touches, as they stood before it.

internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Accounts, slots and block hashes as before a block, as far as they are known.
struct PreState {
  /// The accounts; an empty one does not exist.
  private(set) var accounts: [Address: AccountAllocation] = [:]
  /// Hashes of blocks before, by number.
  var blockHashes: [UInt64: Hash256] = [:]
  /// The accounts whose slots no trace can tell, because they are written before the first
  /// transaction.
  var untraceable: Set<Address> = []
  /// The accounts that appeared first in the trace of another transaction than the first: what
  /// stands there may be what an earlier transaction made of nothing.
  private(set) var lateComers: Set<Address> = []
  /// Whether traces list accounts that do not exist.
  private(set) var listsEmptyAccounts = false
  /// Accounts that were empty before the block, by what the node itself says.
  private var emptyForSure: Set<Address> = []

  /// How many slots are known.
  var slotCount: Int { accounts.values.reduce(0) { $0 + $1.storage.count } }

  /// Sets an account to what the node says of it at the parent, which beats what traces said.
  mutating func set(_ account: AccountAllocation) {
    var account = account
    if account.isEmpty {
      emptyForSure.insert(account.address)
    } else if let known = accounts[account.address] {
      account.storage = known.storage
    }
    lateComers.remove(account.address)
    accounts[account.address] = account
  }

  /// Sets a slot of a known account.
  mutating func set(_ slot: UInt256, of address: Address, to word: UInt256) {
    accounts[address]?.storage[slot] = word
  }

  /// Adds what the trace of the transaction at `index` shows of the state before it. What is known
  /// stays: later traces see what earlier transactions did.
  mutating func merge(_ trace: JSONValue, index: Int) throws(JSONError) {
    for member in try trace.members() {
      guard let address = member.key.address else {
        throw member.value.unexpected("an address of 40 hex digits as the member's name")
      }
      if accounts[address] == nil {
        let account = try member.value.tracedAccount(address)
        if index > 0 { lateComers.insert(address) }
        if account.isEmpty { listsEmptyAccounts = true }
        accounts[address] = account
      }
      guard !emptyForSure.contains(address), !untraceable.contains(address),
        let storage = try member.value.optionalField("storage")
      else { continue }
      for slot in try storage.members() {
        guard let key = slot.key.quantity else {
          throw slot.value.unexpected("a quantity as the slot's name")
        }
        let word = try slot.value.uint256()
        if accounts[address]?.storage[key] == nil { set(key, of: address, to: word) }
      }
    }
  }

  /// The text of `pre_state.json`. The fork is named, and the blob parameters that are not its own,
  /// where the chain's id does not tell the `rules`.
  func text(chainID: UInt64, rules: ChainRules?, of block: NodeBlock) -> String {
    var writer = JSONWriter()
    writer.object { root in
      root.key("chain")
      root.object {
        $0.member("chainId", UInt256(chainID).hex)
        guard let rules else { return }
        let fork = rules.fork(block: block.number, timestamp: block.timestamp)
        $0.member("fork", fork.name)
        let blobs = rules.blobParameters(block: block.number, timestamp: block.timestamp)
        guard let blobs, blobs != BlobParameters.of(fork) else { return }
        $0.key("blobSchedule")
        $0.object {
          $0.member("target", blobs.target)
          $0.member("max", blobs.max)
          $0.member("baseFeeUpdateFraction", blobs.baseFeeUpdateFraction)
        }
      }
      root.key("blockHashes")
      root.object { list in
        for (number, hash) in blockHashes.sorted(by: { $0.key < $1.key }) {
          list.member("\(number)", hash.hex)
        }
      }
      root.key("accounts")
      root.object { list in
        for account in accounts.values.sorted(by: { $0.address < $1.address })
        where !account.isEmpty {
          list.key(account.address.hex)
          account.write(to: &list)
        }
      }
    }
    return writer.text
  }
}

extension AccountAllocation {
  /// Whether nothing distinguishes the account from none (EIP-161), not even storage.
  var isEmpty: Bool {
    nonce == 0 && balance.isZero && code.isEmpty && storage.values.allSatisfy(\.isZero)
  }

  /// Writes the account as `pre_state.json` has it: slots without a word are left out.
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("balance", balance.hex)
      $0.member("nonce", UInt256(nonce).hex)
      $0.member("code", Hex.encode(code))
      $0.key("storage")
      $0.object { list in
        for (slot, word) in storage.sorted(by: { $0.key < $1.key }) where !word.isZero {
          list.member(slot.hex, word.hex)
        }
      }
    }
  }
}

extension JSONValue {
  /// An account of a trace, without its storage. Tracers leave out what is zero or empty.
  fileprivate func tracedAccount(_ address: Address) throws(JSONError) -> AccountAllocation {
    AccountAllocation(
      address: address, nonce: try optionalField("nonce")?.uint64() ?? 0,
      balance: try optionalField("balance")?.uint256() ?? .zero,
      code: try optionalField("code")?.bytes() ?? [])
  }
}
