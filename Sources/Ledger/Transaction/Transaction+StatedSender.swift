// Transactions whose sender is stated instead of signed for.

internal import Crypto
public import Primitives

/// A development chain lets accounts send whose keys nobody has. Such a transaction has the sender's address in
/// `r` and zero in `s`: no signature is like that, so it is never taken for a signed one, its hash says who sends
/// it, and who reads the block again finds the sender. Whoever takes transactions or blocks from others must
/// refuse them, as all recovery of senders does.
extension Transaction {
  /// The sender that stands in the place of a signature; nil where there is none, as in all that are signed.
  public var statedSender: Address? {
    guard signature.s.isZero, signature.yParity == 0, !signature.r.isZero,
      Address(truncating: signature.r).word == signature.r
    else { return nil }
    return Address(truncating: signature.r)
  }

  /// The same transaction with a stated sender.
  public func stating(sender: Address) -> Transaction {
    var stated = self
    stated.signature = Signature(yParity: 0, r: sender.word, s: .zero)
    return stated
  }
}
