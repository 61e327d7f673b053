// A file that is open for reading.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A regular file, open for reading from its start.
struct RegularFile: ~Copyable {
  /// Where it is.
  let path: String
  /// How many bytes it had when it was opened.
  let size: Int
  private let descriptor: Int32

  /// Opens the file at `path`; throws when there is none, or a folder, a pipe or a device.
  init(_ path: String) throws(ArchiveError) {
    // A pipe that nobody writes to must not make us wait.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw ArchiveError(path: path, problem: .notRegular)
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The next bytes, `limit` at most; none at the end.
  func read(upTo limit: Int) throws(ArchiveError) -> [UInt8] {
    var received = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      repeat {
        #if canImport(Glibc)
          received = Glibc.read(descriptor, buffer.baseAddress, limit)
        #else
          received = Darwin.read(descriptor, buffer.baseAddress, limit)
        #endif
      } while received < 0 && errno == EINTR
      count = max(received, 0)
    }
    guard received >= 0 else { throw .system(path) }
    return bytes
  }
}
