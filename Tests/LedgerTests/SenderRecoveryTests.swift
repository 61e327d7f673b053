// Which signatures name a sender, by fork and chain.

import Crypto
import Ledger
import Primitives
import Samples
import Testing

@Suite struct SenderRecoveryTests {
  private static func signed(
    _ kind: Transaction.Kind = .legacy, chainID: UInt64? = 1, key: UInt256 = 0x1234
  ) throws -> Transaction {
    let unsigned = Transaction(
      kind: kind, chainID: chainID, nonce: 1, maxFeePerGas: 2, gasLimit: 3, to: nil, data: [4])
    return try #require(unsigned.signed(by: key))
  }

  private func refusal(
    _ transaction: Transaction, fork: Fork = .osaka, chainID: UInt64 = 1
  ) -> SignatureError? {
    do throws(SignatureError) {
      _ = try transaction.recoverSender(fork: fork, chainID: chainID)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: Transaction.Kind.allCases)
  func theSignerIsRecovered(kind: Transaction.Kind) throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20 {
      let key = generator.hash().word
      let signed = try #require(generator.transaction(kind).signed(by: key))
      #expect(try signed.recoverSender() == Secp256k1.address(ofPrivateKey: key))
      var changed = signed
      changed.nonce ^= 1
      #expect(try changed.recoverSender() != Secp256k1.address(ofPrivateKey: key))
    }
  }

  @Test func sendersOfManyBatchesComeInOrder() throws {
    var transactions: [Transaction] = []
    for key in 1...UInt64(Transaction.senderBatch + 5) {
      transactions.append(try Self.signed(key: UInt256(key)))
    }
    let senders = try Transaction.recoverSenders(of: transactions, fork: .osaka, chainID: 1)
    #expect(senders == (try transactions.map { try $0.recoverSender() }))
    #expect(try Transaction.recoverSenders(of: [], fork: .osaka, chainID: 1) == [])
    transactions[Transaction.senderBatch + 2] = try Self.signed(chainID: 2)
    #expect(throws: SignatureError.wrongChainID) {
      try Transaction.recoverSenders(of: transactions, fork: .osaka, chainID: 1)
    }
  }

  @Test func keysOutsideTheGroupDoNotSign() {
    let unsigned = Transaction(
      kind: .legacy, chainID: 1, nonce: 0, maxFeePerGas: 0, gasLimit: 0, to: nil)
    #expect(unsigned.signed(by: 0) == nil)
    #expect(unsigned.signed(by: Secp256k1.order) == nil)
    #expect(Authorization(chainID: 0, address: .zero, nonce: 0).signed(by: 0) == nil)
  }

  @Test func aChainIDBelongsToSpuriousDragonAndTheChain() throws {
    let protected = try Self.signed(chainID: 1)
    #expect(refusal(protected, fork: .tangerineWhistle) == .protectedTooEarly)
    #expect(refusal(protected, fork: .spuriousDragon) == nil)
    #expect(refusal(protected, fork: .spuriousDragon, chainID: 2) == .wrongChainID)
    let unprotected = try Self.signed(chainID: nil)
    #expect(refusal(unprotected, fork: .frontier, chainID: 2) == nil)
    #expect(refusal(unprotected, fork: .osaka, chainID: 2) == nil)
    #expect(refusal(try Self.signed(.blob, chainID: 3), chainID: 2) == .wrongChainID)
  }

  @Test func highProofsEndWithHomestead() throws {
    var transaction = try Self.signed(chainID: nil)
    let sender = try transaction.recoverSender()
    // (r, n − s) with the other parity is the second signature of the same message.
    transaction.signature.s = Secp256k1.order &- transaction.signature.s
    transaction.signature.yParity ^= 1
    #expect(try transaction.recoverSender(fork: .frontier, chainID: 1) == sender)
    #expect(refusal(transaction, fork: .homestead) == .highS)
    #expect(throws: SignatureError.highS) { try transaction.recoverSender() }
  }

  @Test func theNumbersHaveBounds() throws {
    let transaction = try Self.signed()
    func refusal(_ change: (inout Signature) -> Void) -> SignatureError? {
      var changed = transaction
      change(&changed.signature)
      return self.refusal(changed)
    }
    #expect(refusal { $0.r = 0 } == .invalidR)
    #expect(refusal { $0.r = Secp256k1.order } == .invalidR)
    #expect(refusal { $0.s = 0 } == .invalidS)
    #expect(refusal { $0.s = Secp256k1.order } == .invalidS)
    #expect(refusal { $0.s = Secp256k1.halfOrder } == nil)
    #expect(refusal { $0.s = Secp256k1.halfOrder &+ 1 } == .highS)
    #expect(refusal { $0.yParity = 2 } == .invalidYParity)
    // No point of the curve has x = 5: 5³ + 7 is no square.
    #expect(refusal { $0.r = 5 } == .unrecoverable)
  }
}
