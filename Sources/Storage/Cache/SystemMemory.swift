// Memory from the system, which takes room only where it was written.

internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Large pieces of zeroed memory.
enum SystemMemory {
  static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    guard let memory = map(byteCount) else {
      preconditionFailure("the system has no \(byteCount) bytes of address space left")
    }
    #if canImport(Glibc)
      // A search touches two places far apart: large pages save the misses of their translation.
      madvise(memory, byteCount, MADV_HUGEPAGE)
    #endif
    return memory
  }

  /// Whether the system would give so much address space now.
  static func hasRoom(for byteCount: Int) -> Bool {
    guard let memory = map(byteCount) else { return false }
    free(memory, byteCount: byteCount)
    return true
  }

  private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    #if canImport(Glibc)
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    #else
      let flags = MAP_PRIVATE | MAP_ANON
    #endif
    let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
    return memory == MAP_FAILED ? nil : memory
  }

  static func free(_ memory: UnsafeMutableRawPointer, byteCount: Int) { munmap(memory, byteCount) }
}

/// Asks the processor to bring what stands at `address` near.
@inline(__always)
func prefetch(_ address: UnsafeRawPointer) { nt_prefetch(address) }
