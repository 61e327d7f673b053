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
    #if canImport(Glibc)
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    #else
      let flags = MAP_PRIVATE | MAP_ANON
    #endif
    guard let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0),
      memory != MAP_FAILED
    else {
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
    #if canImport(Glibc)
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    #else
      let flags = MAP_PRIVATE | MAP_ANON
    #endif
    guard let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0),
      memory != MAP_FAILED
    else { return false }
    munmap(memory, byteCount)
    return true
  }

  static func free(_ memory: UnsafeMutableRawPointer, byteCount: Int) { munmap(memory, byteCount) }
}

/// Asks the processor to bring what stands at `address` near.
@inline(__always)
func prefetch(_ address: UnsafeRawPointer) { nt_prefetch(address) }
