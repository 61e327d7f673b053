// Making senders able to send.

internal import Crypto
internal import EVM
internal import JSON
internal import Ledger
internal import Node
internal import Primitives
internal import Workloads

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Deploys what is needed and pays the senders, from the first of the node's funded accounts.
struct LoadFunding {
  private let node: LoadNode
  private let payer: DevelopmentAccount
  private var nonce: UInt64
  private let batch: Int
  private let patience: Int
  private let checkEnd: () throws(LoadError) -> Void

  /// Of the token each sender gets so much.
  private static let tokens = UInt256(1_000_000_000_000 as UInt64)

  /// Pays by way of `node`; `checkEnd` throws when that is to end.
  init(
    _ settings: LoadSettings, _ node: LoadNode,
    checkEnd: @escaping () throws(LoadError) -> Void = {}
  ) throws(LoadError) {
    guard let payer = DevelopmentAccounts.derive(1, from: settings.mnemonic).first else {
      throw LoadError(description: "no account follows from the mnemonic")
    }
    self.node = node
    self.payer = payer
    batch = settings.batch
    patience = settings.patience
    self.checkEnd = checkEnd
    nonce = try node.count("eth_getTransactionCount", "[\"\(payer.address.hex)\",\"pending\"]")
  }

  /// Pays `senders`, and gives them tokens where `usesToken` says so; the senders as they are to go on.
  mutating func fund(
    _ senders: LoadSenders, usesToken: Bool
  ) throws(LoadError) -> LoadSenders {
    var senders = senders
    let balance = try node.quantity("eth_getBalance", "[\"\(payer.address.hex)\",\"latest\"]")
    // A quarter stays, for fees and for runs to come.
    let share = (balance &- (balance &>> 2)).quotientAndRemainder(
      dividingBy: UInt256(UInt64(senders.addresses.count) * 2)
    ).quotient
    if share.isZero {
      throw LoadError(description: "\(payer.address.checksummed) has no ether to pay the senders")
    }
    if usesToken {
      senders.token = Address.created(by: payer.address, nonce: nonce)
      try send([senders.draft(nonce: nonce, to: nil, gas: 2_000_000, value: .zero, data: creation)])
    }
    var drafts = senders.addresses.enumerated().map { index, address in
      senders.draft(nonce: nonce + UInt64(index), to: address, gas: 21_000, value: share)
    }
    if let token = senders.token {
      let first = nonce + UInt64(drafts.count)
      drafts += senders.addresses.enumerated().map { index, address in
        senders.draft(
          nonce: first + UInt64(index), to: token, gas: 80_000, value: .zero,
          data: TokenContract.transferCall(to: address, amount: Self.tokens))
      }
    }
    try send(drafts)
    return senders
  }

  /// Sends transactions of the payer, and waits until the last of them is in a block.
  private mutating func send(_ drafts: [Transaction]) throws(LoadError) {
    var last = Hash256.zero
    for start in stride(from: 0, to: drafts.count, by: batch) {
      var encodings = EncodedTransactions()
      for draft in drafts[start..<min(start + batch, drafts.count)] {
        guard let signed = draft.signed(by: payer.privateKey) else { continue }
        encodings.append(signed.encoded)
        last = Keccak256.hash(signed.encoded)
      }
      let outcomes = try node.send((0..<encodings.count).map { encodings[$0] })
      if let reason = outcomes.compactMap({ $0 }).first {
        throw LoadError(description: "a payment to the senders is refused: \(reason)")
      }
    }
    nonce += UInt64(drafts.count)
    try awaitReceipt(of: last)
  }

  private func awaitReceipt(of hash: Hash256) throws(LoadError) {
    let deadline = ContinuousClock.now.advanced(by: .seconds(max(patience, 10)))
    while ContinuousClock.now < deadline {
      try checkEnd()
      if let receipt = try node.ask("eth_getTransactionReceipt", "[\"\(hash.hex)\"]"),
        receipt.kind == .object
      {
        let status = try? receipt.field("status").string()
        if status == "0x1" { return }
        throw LoadError(description: "a payment to the senders failed in its block")
      }
      usleep(20_000)
    }
    throw LoadError(
      description: "payments to the senders are in no block after \(patience) seconds; does the "
        + "node make blocks?")
  }

  /// Code that gives the payer all tokens, and returns that of the token.
  private var creation: [UInt8] {
    let runtime = TokenContract.code.bytes
    let size = [UInt8(runtime.count >> 8), UInt8(runtime.count & 0xff)]
    // PUSH32 supply, PUSH32 slot, SSTORE.
    let grant =
      [0x7f] + (UInt256.max &>> 8).bigEndianBytes + [0x7f]
      + TokenContract.balanceSlot(of: payer.address).bigEndianBytes + [0x55]
    // PUSH2 size, DUP1, PUSH2 offset, PUSH0, CODECOPY, PUSH0, RETURN.
    let offset = grant.count + 11
    let copy: [UInt8] =
      [0x61] + size + [
        0x80, 0x61, UInt8(offset >> 8), UInt8(offset & 0xff), 0x5f, 0x39, 0x5f, 0xf3,
      ]
    return grant + copy + runtime
  }
}
