// The proof of work of a chain's blocks.

public import Crypto
internal import Ledger

extension Blockchain {
  /// Checks proofs of work as Ethash has them, with the caches of `caches`.
  public static func ethash(_ caches: EthashCaches) -> SealCheck {
    { (header) throws(InvalidBlock) in
      do throws(EthashError) {
        try header.verifySeal(caches: caches)
      } catch {
        throw .invalidSeal(error)
      }
    }
  }
}
