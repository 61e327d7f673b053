// Accounts as genesis files and fixtures list them.

public import JSON
internal import Ledger
internal import Primitives
public import State

extension JSONValue {
  /// The accounts of an object from address to `{balance, nonce, code, storage}`; what is absent is
  /// zero or empty. The oldest files write `wei` for `balance`.
  public func allocations() throws(JSONError) -> [AccountAllocation] {
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
    for name in ["wei", "balance"] {
      if let balance = try optionalField(name) { allocation.balance = try balance.uint256() }
    }
    if let code = try optionalField("code") { allocation.code = try code.bytes() }
    guard let storage = try optionalField("storage") else { return allocation }
    for slot in try storage.members() {
      guard let key = slot.key.word else {
        throw slot.value.unexpected("a quantity or 64 hex digits as the slot's name")
      }
      let word: UInt256
      if let text = slot.value.text?.word { word = text } else { word = try slot.value.uint256() }
      guard allocation.storage.updateValue(word, forKey: key) == nil else {
        throw JSONError(source: document.source, path: slot.value.path, problem: .duplicate)
      }
    }
    return allocation
  }
}

extension JSONText {
  /// A word of storage: 64 hex digits, which need no `0x`, or a quantity.
  fileprivate var word: UInt256? { hash?.word ?? quantity }
}
