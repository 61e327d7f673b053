// Where a block access list is not what execution found.

public import Primitives

extension BlockAccessList {
  /// Why a list is not that of a block.
  public enum Mismatch: Error, Sendable, Hashable {
    /// There are more items than the block's gas pays for.
    case tooManyItems(count: Int, limit: UInt64)
    /// The block does not access this account.
    case unexpectedAccount(Address)
    /// The block accesses this account.
    case missingAccount(Address)
    /// This part of the account's entry is another one.
    case differs(Address, AccountAccess.Part)
  }

  /// Throws unless this list, which claims to be that of a block with `gasLimit`, is the one that
  /// executing the block gave.
  public func check(
    against executed: BlockAccessList, gasLimit: UInt64
  ) throws(Mismatch) {
    let limit = Self.itemLimit(gasLimit: gasLimit)
    if UInt64(itemCount) > limit { throw .tooManyItems(count: itemCount, limit: limit) }
    for (claimed, found) in zip(accounts, executed.accounts) {
      if claimed.address < found.address { throw .unexpectedAccount(claimed.address) }
      if claimed.address > found.address { throw .missingAccount(found.address) }
      if let part = claimed.firstDifference(from: found) { throw .differs(claimed.address, part) }
    }
    if accounts.count > executed.accounts.count {
      throw .unexpectedAccount(accounts[executed.accounts.count].address)
    }
    if accounts.count < executed.accounts.count {
      throw .missingAccount(executed.accounts[accounts.count].address)
    }
  }
}

extension AccountAccess {
  /// The first part in which two entries of one account differ.
  func firstDifference(from other: AccountAccess) -> Part? {
    if storageChanges != other.storageChanges {
      let common = zip(storageChanges, other.storageChanges).prefix { $0 == $1 }
      return .slot(common.count)
    }
    if storageReads != other.storageReads { return .storageReads }
    if balanceChanges != other.balanceChanges { return .balanceChanges }
    if nonceChanges != other.nonceChanges { return .nonceChanges }
    return codeChanges == other.codeChanges ? nil : .codeChanges
  }
}

extension BlockAccessList.Mismatch: CustomStringConvertible {
  /// The reason in words.
  public var description: String {
    switch self {
    case .tooManyItems(let count, let limit):
      "the access list has \(count) items; the block's gas pays for \(limit)"
    case .unexpectedAccount(let address):
      "the access list has \(address), which the block does not access"
    case .missingAccount(let address):
      "the access list lacks \(address), which the block accesses"
    case .differs(let address, let part):
      "the access list is wrong about \(address): \(part)"
    }
  }
}
