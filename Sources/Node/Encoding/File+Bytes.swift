// Files and arrays of bytes.

internal import Storage

extension File {
  /// Writes bytes at a place.
  func write(_ bytes: [UInt8], at offset: UInt64) throws(StoreError) {
    var failure: StoreError?
    bytes.withUnsafeBytes { bytes in
      do throws(StoreError) {
        try write(bytes, at: offset)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
