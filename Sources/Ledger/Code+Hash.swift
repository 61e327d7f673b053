// Code that is hashed where it is made.

import Crypto

extension Code {
  /// Analyses `bytes` and hashes them.
  public static func of(_ bytes: [UInt8]) -> Code {
    bytes.isEmpty ? .empty : Code(bytes, hash: Keccak256.hash(bytes))
  }
}
