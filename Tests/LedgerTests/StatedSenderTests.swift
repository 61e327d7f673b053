// Transactions whose sender is stated.

import Ledger
import Primitives
import Testing

@Suite struct StatedSenderTests {
  private let sender = Address(truncating: 0xaabb)

  @Test func theSenderIsFoundAgainInWhatIsWritten() throws {
    for kind in [Transaction.Kind.legacy, .accessList, .dynamicFee] {
      let stated = Transaction(
        kind: kind, chainID: 7, nonce: 1, maxFeePerGas: UInt256(1), gasLimit: 21_000, to: sender
      ).stating(sender: sender)
      let read = try Transaction(decoding: stated.encoded)
      #expect(read.statedSender == sender && read.hash == stated.hash)
      #expect(throws: SignatureError.invalidS) { _ = try read.recoverSender() }
      #expect(stated.hash != stated.stating(sender: Address(truncating: 0xaabc)).hash)
    }
  }

  @Test func whatIsSignedOrNotSignedStatesNobody() throws {
    let draft = Transaction(
      kind: .dynamicFee, chainID: 7, nonce: 1, maxFeePerGas: UInt256(1), gasLimit: 21_000, to: nil)
    let signed = try #require(draft.signed(by: UInt256(5)))
    #expect(signed.statedSender == nil && draft.statedSender == nil)
    var odd = draft.stating(sender: sender)
    odd.signature.yParity = 1
    #expect(odd.statedSender == nil)
    odd = draft
    odd.signature.r = UInt256.max
    #expect(odd.statedSender == nil)
  }
}
