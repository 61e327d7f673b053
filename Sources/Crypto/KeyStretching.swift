// HMAC and PBKDF2 (libcrypto): from them wallets derive keys, and tokens are signed with them.

internal import CCrypto

/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
  /// The 32 bytes that authenticate `message` under `key`.
  public static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { code, count in
      var length: UInt32 = 0
      _ = HMAC(
        EVP_sha256(), key, Int32(truncatingIfNeeded: key.count), message, message.count,
        code.baseAddress, &length)
      count = Int(length)
    }
  }

  /// Whether two codes are the same, without telling by the time where they differ.
  public static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
  }
}

/// HMAC with SHA-512 (RFC 2104).
public enum HMACSHA512 {
  /// The 64 bytes that authenticate `message` under `key`.
  public static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64) { code, count in
      var length: UInt32 = 0
      _ = HMAC(
        EVP_sha512(), key, Int32(truncatingIfNeeded: key.count), message, message.count,
        code.baseAddress, &length)
      count = Int(length)
    }
  }
}

/// PBKDF2 with HMAC-SHA-512 (RFC 8018).
public enum PBKDF2 {
  /// 64 bytes made of a password, in so many rounds.
  public static func derive(password: [UInt8], salt: [UInt8], rounds: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64) { key, count in
      let isDone = password.withUnsafeBytes { password in
        PKCS5_PBKDF2_HMAC(
          password.bindMemory(to: CChar.self).baseAddress,
          Int32(truncatingIfNeeded: password.count),
          salt, Int32(truncatingIfNeeded: salt.count), rounds, EVP_sha512(), 64, key.baseAddress)
      }
      count = isDone == 1 ? 64 : 0
    }
  }
}
