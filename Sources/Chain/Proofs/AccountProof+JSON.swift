// Proofs as eth_getProof writes them (EIP-1186).

public import JSON
internal import Primitives
public import State

extension AccountProof {
  /// The most nodes that a list of a proof may have: one for each half byte of a key, and the root.
  static let nodeLimit = 65

  /// Reads the result of `eth_getProof`. It is not verified.
  public init(_ result: JSONValue) throws(JSONError) {
    let account = Account(
      nonce: try result.field("nonce").uint64(), balance: try result.field("balance").uint256(),
      codeHash: try result.field("codeHash").hash())
    var slots: [SlotProof] = []
    for element in try result.field("storageProof").elements() {
      slots.append(try SlotProof(element))
    }
    self.init(
      address: try result.field("address").address(), account: account,
      storageHash: try result.field("storageHash").hash(),
      nodes: try result.field("accountProof").proofNodes(), slots: slots)
  }

  /// Writes the result of `eth_getProof`.
  public func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("address", address.hex)
      object.key("accountProof")
      object.write(nodes)
      object.member("balance", balance.hex)
      object.member("codeHash", codeHash.hex)
      object.member("nonce", UInt256(nonce).hex)
      object.member("storageHash", storageHash.hex)
      object.key("storageProof")
      object.array { list in
        for slot in slots { slot.write(to: &list) }
      }
    }
  }
}

extension SlotProof {
  fileprivate init(_ element: JSONValue) throws(JSONError) {
    let key = try element.field("key")
    // Nodes write the key as it was asked for: a quantity, or 32 bytes with or without `0x`.
    guard let slot = key.text?.hash?.word ?? key.text?.quantity else {
      throw key.unexpected("a storage slot")
    }
    self.init(
      slot: slot, word: try element.field("value").uint256(),
      nodes: try element.field("proof").proofNodes())
  }

  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("key", Hash256(slot).hex)
      object.member("value", word.hex)
      object.key("proof")
      object.write(nodes)
    }
  }
}

extension JSONValue {
  fileprivate func proofNodes() throws(JSONError) -> [[UInt8]] {
    var nodes: [[UInt8]] = []
    for element in try elements() {
      guard nodes.count < AccountProof.nodeLimit else {
        throw unexpected("at most \(AccountProof.nodeLimit) nodes")
      }
      nodes.append(try element.bytes())
    }
    return nodes
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ nodes: [[UInt8]]) {
    array { list in
      for node in nodes { list.value(Hex.encode(node)) }
    }
  }
}
