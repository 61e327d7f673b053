// Accounts before and after a transaction.

import JSON
public import Primitives

/// An account, or what of it changed: what is nil or empty is not shown.
public struct AccountPicture: Sendable, Equatable {
  /// In wei.
  public var balance: UInt256?
  /// Transactions sent, or contracts created.
  public var nonce: UInt64?
  /// The code.
  public var code: [UInt8]?
  /// Keccak-256 of the code.
  public var codeHash: Hash256?
  /// Words by slot.
  public var storage: [UInt256: UInt256] = [:]

  /// An account of which nothing is shown.
  public init() {}
}

/// What a transaction changed: the accounts before and after it.
public struct StateDifference: Sendable, Equatable {
  /// Changed accounts as they were, with their changed slots that were not zero; one that destroyed
  /// itself with all its slots that were touched. One that was not there does not stand here.
  public var pre: [Address: AccountPicture] = [:]
  /// What of them is different now; a slot that is missing is zero now. One that destroyed itself
  /// does not stand here.
  public var post: [Address: AccountPicture] = [:]

  /// No change.
  public init() {}

  func write(into writer: inout JSONWriter) {
    writer.object { object in
      object.key("post")
      AccountPicture.write(post, into: &object)
      object.key("pre")
      AccountPicture.write(pre, into: &object)
    }
  }
}

extension AccountPicture {
  /// Writes accounts by address, as geth's prestate tracer answers.
  static func write(_ accounts: [Address: AccountPicture], into writer: inout JSONWriter) {
    writer.object { object in
      for (address, account) in accounts.sorted(by: { $0.key < $1.key }) {
        object.key(address.hex)
        account.write(into: &object)
      }
    }
  }

  private func write(into writer: inout JSONWriter) {
    writer.object { object in
      if let balance { object.member("balance", balance.hex) }
      if let nonce, nonce != 0 { object.member("nonce", nonce) }
      if let code, !code.isEmpty { object.member("code", Hex.encode(code)) }
      if let codeHash { object.member("codeHash", codeHash.hex) }
      guard !storage.isEmpty else { return }
      object.key("storage")
      object.object { slots in
        for (slot, word) in storage.sorted(by: { $0.key < $1.key }) {
          slots.member(Hash256(slot).hex, Hash256(word).hex)
        }
      }
    }
  }
}
