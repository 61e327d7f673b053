// The accounts that send.

internal import Crypto
internal import Ledger
internal import Primitives
internal import Workloads

/// Accounts with keys that follow from a seed, and what their transactions have in common.
struct LoadSenders: Sendable {
  let keys: [UInt256]
  let addresses: [Address]
  let chainID: UInt64
  let maxFee: UInt256
  /// The token, where it is one that moves.
  var token: Address?

  /// So many accounts.
  init(_ count: Int, seed: UInt64, chainID: UInt64, maxFee: UInt256) {
    self.chainID = chainID
    self.maxFee = maxFee
    let keys = (0..<count).map { number in
      var key = Keccak256.hash(
        UInt256(l0: UInt64(number), l1: seed, l2: 0x6c6f_6164, l3: 0).bigEndianBytes
      ).word
      while key.isZero || key >= Secp256k1.order { key = Keccak256.hash(key).word }
      return key
    }
    self.keys = keys
    addresses = keys.map { Secp256k1.address(ofPrivateKey: $0) ?? .zero }
  }

  /// The gas that a transaction of ours may use.
  var gasLimit: UInt64 { token == nil ? 21_000 : 80_000 }

  /// A transaction by which `sender` moves one unit to the account after it, or the one after that.
  func transaction(of sender: Int, nonce: UInt64) -> Transaction? {
    let recipient = addresses[(sender + 1 + Int(nonce % 7)) % addresses.count]
    return draft(
      nonce: nonce, to: token ?? recipient, gas: gasLimit,
      value: token == nil ? UInt256(1 as UInt64) : .zero,
      data: token == nil
        ? [] : TokenContract.transferCall(to: recipient, amount: UInt256(1 as UInt64))
    ).signed(by: keys[sender])
  }

  /// A transaction that is not signed yet.
  func draft(
    nonce: UInt64, to target: Address?, gas: UInt64, value: UInt256, data: [UInt8] = []
  ) -> Transaction {
    Transaction(
      kind: .dynamicFee, chainID: chainID, nonce: nonce,
      maxPriorityFeePerGas: UInt256(1_000_000 as UInt64), maxFeePerGas: maxFee, gasLimit: gas,
      to: target, value: value, data: data)
  }
}
