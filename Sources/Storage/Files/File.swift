// Files by the system's calls, with errors that name them.

internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// An open file, closed with the last reference. Reads and writes go to stated places, so that several
/// threads may use it at once.
package final class File: Sendable {
  package let path: String
  let descriptor: CInt

  /// How a file is opened.
  package enum Mode {
    case read
    case write
    /// Makes the file, which must not be there.
    case create
  }

  package init(_ path: String, _ mode: Mode) throws(StoreError) {
    let flags: CInt
    switch mode {
    case .read: flags = O_RDONLY
    case .write: flags = O_RDWR
    case .create: flags = O_RDWR | O_CREAT | O_EXCL
    }
    // Opening must not wait for somebody who writes into a pipe.
    let descriptor = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0o644)
    if descriptor < 0 { throw .lastError(path, "open") }
    self.path = path
    self.descriptor = descriptor
    var status = stat()
    let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
    if kind != S_IFREG && kind != S_IFDIR {
      throw .system(path: path, operation: "open", reason: "it is no ordinary file")
    }
  }

  deinit { close(descriptor) }

  /// How many bytes the file has.
  package func size() throws(StoreError) -> UInt64 {
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw .lastError(path, "fstat") }
    return UInt64(status.st_size)
  }

  /// Reads bytes from `offset` until `buffer` is full or the file ends; how many it were.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress.unsafelyUnwrapped + done, buffer.count - done,
        off_t(offset) + off_t(done))
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw .lastError(path, "read")
      }
      done += count
    }
    return done
  }

  /// `count` bytes from `offset` on; nil where the file has fewer.
  func bytes(_ count: Int, at offset: UInt64) throws(StoreError) -> SharedBytes? {
    // Asked first: the count may be what a damaged file says.
    let size = try size()
    guard offset <= size, UInt64(count) <= size - offset else { return nil }
    var buffer = ByteBuffer(capacity: max(1, count))
    let target = UnsafeMutableRawBufferPointer(start: buffer.extend(by: count), count: count)
    return try read(into: target, at: offset) == count ? SharedBytes(buffer) : nil
  }

  /// Writes all of `bytes` at `offset`.
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress.unsafelyUnwrapped + done, bytes.count - done,
        off_t(offset) + off_t(done))
      if count < 0 {
        if errno == EINTR { continue }
        throw .lastError(path, "write")
      }
      done += count
    }
  }

  /// Writes all of `buffer` at `offset`.
  func write(_ buffer: borrowing ByteBuffer, at offset: UInt64) throws(StoreError) {
    try buffer.withBytes { (bytes) throws(StoreError) in try write(bytes, at: offset) }
  }

  /// Brings what was written, and the size, to the disk.
  package func sync() throws(StoreError) {
    #if canImport(Glibc)
      if fdatasync(descriptor) != 0 { throw .lastError(path, "fdatasync") }
    #else
      if fcntl(descriptor, F_FULLFSYNC) < 0 { throw .lastError(path, "fsync") }
    #endif
  }

  /// Cuts the file off behind `size` bytes.
  package func truncate(to size: UInt64) throws(StoreError) {
    if ftruncate(descriptor, off_t(size)) != 0 { throw .lastError(path, "truncate") }
  }

  /// Sees to it that `size` bytes have room on the disk, where the system can say so. The file's size
  /// stays as it is.
  func reserve(_ size: UInt64) throws(StoreError) {
    let code = nt_file_reserve(descriptor, Int64(size))
    if code == ENOSPC || code == EDQUOT || code == EIO {
      throw .ofCode(code, path, "reserve room")
    }
  }

  /// Takes the file for this process; false where another has it.
  func tryLock() throws(StoreError) -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK { return false }
      throw .lastError(path, "lock")
    }
    return true
  }
}

extension StoreError {
  /// What `errno` says of an operation that has just failed.
  static func lastError(_ path: String, _ operation: String) -> StoreError {
    ofCode(errno, path, operation)
  }

  /// What an error number says of an operation that has just failed.
  static func ofCode(_ code: CInt, _ path: String, _ operation: String) -> StoreError {
    switch code {
    case ENOSPC, EDQUOT: return .noSpace(path: path)
    case EROFS: return .readOnly(path: path)
    case EACCES, EPERM: return .notPermitted(path: path)
    default:
      return .system(path: path, operation: operation, reason: String(cString: strerror(code)))
    }
  }
}
