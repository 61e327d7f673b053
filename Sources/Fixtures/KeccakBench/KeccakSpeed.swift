// How fast Keccak-256 is, one message at a time and many at once.

internal import Crypto
internal import JSON
internal import Primitives
internal import Reports
internal import Samples

/// What was measured of Keccak-256.
public struct KeccakSpeed: Sendable {
  /// Messages of one length.
  public struct Row: Sendable {
    /// Bytes.
    public let length: Int
    /// Nanoseconds a message, one at a time.
    public let single: Double
    /// Nanoseconds a message on each path that this processor has, in the order of `paths`.
    public let batched: [Double]
  }

  /// The names of the paths for many messages that this processor has.
  public let paths: [String]
  /// What was measured.
  public let rows: [Row]

  private static let count = 1024

  /// Measures messages of usual lengths on the calling thread.
  public static func measured() -> KeccakSpeed {
    let backends = KeccakBackend.allCases.filter(\.isAvailable)
    let lengths = [20, 32, 64, 110, 136, 300, 532]
    return KeccakSpeed(
      paths: backends.map(\.rawValue), rows: lengths.map { row(of: $0, backends) })
  }

  private static func row(of length: Int, _ backends: [KeccakBackend]) -> Row {
    var random = SeededGenerator(seed: 1)
    let bytes = random.bytes(length * count)
    var hashes = [Hash256](repeating: .zero, count: count)
    return bytes.withUnsafeBytes { bytes in
      let messages = (0..<count).map {
        UnsafeRawBufferPointer(rebasing: bytes[$0 * length..<($0 + 1) * length])
      }
      return hashes.withUnsafeMutableBufferPointer { hashes in
        messages.withUnsafeBufferPointer { messages in
          let single = Stopwatch.least(for: 50_000_000) {
            for index in 0..<count { hashes[index] = Keccak256.hash(messages[index]) }
          }
          let batched = backends.map { backend in
            Stopwatch.least(for: 50_000_000) {
              Keccak256.hash(messages, into: hashes, backend: backend)
            }
          }
          return Row(
            length: length, single: single / Double(count),
            batched: batched.map { $0 / Double(count) })
        }
      }
    }
  }

  /// A table.
  public var text: String {
    var table = TextTable([">bytes", ">one by one"] + paths.map { ">\($0)" } + [">times as fast"])
    for row in rows {
      let best = row.batched.min() ?? row.single
      table.add(
        ["\(row.length)"] + ([row.single] + row.batched).map { TextTable.fixed($0, decimals: 0) }
          + [TextTable.fixed(row.single / best, decimals: 2)])
    }
    return table.rendered + "nanoseconds of processor time a message, the least of many runs\n"
  }

  /// An object for machines.
  public var json: String {
    var writer = JSONWriter()
    writer.object { root in
      root.objects("lengths", of: rows) { object, row in
        object.member("bytes", row.length)
        object.member("singleNs", row.single)
        for (path, time) in zip(paths, row.batched) { object.member("\(path)Ns", time) }
      }
    }
    return writer.text
  }
}
