// Accounts as fixtures list them.

internal import JSON
internal import Ledger
internal import Primitives
internal import State

extension JSONValue {
  /// The accounts of an object from address to `{balance, nonce, code, storage}`; what is absent is
  /// zero or empty.
  func allocations() throws(JSONError) -> [AccountAllocation] {
    var allocations: [AccountAllocation] = []
    var seen: Set<Address> = []
    for member in try members() {
      guard let address = member.key.address else {
        throw member.value.unexpected("an address of 40 hex digits as the member's name")
      }
      guard seen.insert(address).inserted else {
        throw JSONError(source: document.source, path: member.value.path, problem: .duplicate)
      }
      allocations.append(try member.value.allocation(of: address))
    }
    return allocations
  }

  private func allocation(of address: Address) throws(JSONError) -> AccountAllocation {
    var allocation = AccountAllocation(address: address)
    if let nonce = try optionalField("nonce") { allocation.nonce = try nonce.uint64() }
    if let balance = try optionalField("balance") { allocation.balance = try balance.uint256() }
    if let code = try optionalField("code") { allocation.code = try code.bytes() }
    guard let storage = try optionalField("storage") else { return allocation }
    for slot in try storage.members() {
      guard let key = slot.key.quantity else {
        throw slot.value.unexpected("a quantity as the slot's name")
      }
      guard allocation.storage.updateValue(try slot.value.uint256(), forKey: key) == nil else {
        throw JSONError(source: document.source, path: slot.value.path, problem: .duplicate)
      }
    }
    return allocation
  }
}
