// Memory straight from the system.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Large pieces of zeroed memory.
package enum SystemMemory {
  /// So many bytes are always taken without asking.
  private static let smallSize = 1 << 20

  /// How many bytes of memory the machine has; as many as can be where it does not tell.
  package static let physicalSize: Int = {
    let (count, size) = (sysconf(CInt(_SC_PHYS_PAGES)), sysconf(CInt(_SC_PAGESIZE)))
    return count > 0 && size > 0 ? count * size : .max
  }()

  /// A table may take this part of the machine's memory by its first entries.
  private static let tablePart = 4

  /// Address space of `byteCount` bytes, which takes room only where it was written; nil where the
  /// system has none left. With `isPromised` the system also answers for the room.
  package static func map(_ byteCount: Int, isPromised: Bool = false) -> UnsafeMutableRawPointer? {
    #if canImport(Glibc)
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | (isPromised ? 0 : MAP_NORESERVE)
    #else
      let flags = MAP_PRIVATE | MAP_ANON
    #endif
    let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
    return memory == MAP_FAILED ? nil : memory
  }

  /// Gives back what `map` or `allocate` gave.
  package static func unmap(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    munmap(memory, byteCount)
  }

  /// Asks for large pages: a search touches places far apart, and they save the misses of their
  /// translation.
  package static func preferHugePages(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    #if canImport(Glibc)
      madvise(memory, byteCount, MADV_HUGEPAGE)
    #endif
  }

  /// Asks for large pages for a table, whose entries stand anywhere: each of the first ones takes a
  /// page of its own. Where all of them would be too much for the machine, pages shall be small.
  package static func preferHugePages(forTable memory: UnsafeMutableRawPointer, byteCount: Int) {
    if byteCount <= physicalSize / tablePart {
      preferHugePages(memory, byteCount: byteCount)
    } else {
      #if canImport(Glibc)
        madvise(memory, byteCount, MADV_NOHUGEPAGE)
      #endif
    }
  }

  /// Memory for a table. Whoever cannot do without it asks `hasRoom` first.
  package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    guard let memory = map(byteCount) else {
      preconditionFailure("the system has no \(byteCount) bytes of address space left")
    }
    preferHugePages(forTable: memory, byteCount: byteCount)
    return memory
  }

  /// Whether the system would give so much now: an array that it refuses ends the process.
  package static func hasRoom(for byteCount: Int, isPromised: Bool = false) -> Bool {
    if byteCount <= smallSize { return true }
    // Not `malloc`: the compiler may leave out a pair of calls that only asks.
    guard let memory = map(byteCount, isPromised: isPromised) else { return false }
    unmap(memory, byteCount: byteCount)
    return true
  }
}
