// How fast whole blocks are imported, case by case.

internal import Chain
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives

/// Measures the last block of every block test: from its bytes through recovery of senders, execution
/// and all roots to the new head.
public struct BlockSpeed {
  /// A case and what it came to.
  public struct Case: Sendable {
    /// Its name.
    public let name: String
    /// The gas that its last block used.
    public let gas: UInt64
    /// Nanoseconds of processor time of one thread for that block, the least of all rounds.
    public let nanoseconds: UInt64

    /// Millions of gas a second.
    public var megagasPerSecond: Double {
      nanoseconds == 0 ? 0 : Double(gas) * 1000 / Double(nanoseconds)
    }
  }

  /// The cases, slowest for their gas first.
  public private(set) var cases: [Case] = []
  /// What could not be read, or was refused, one a line.
  public private(set) var errors: [String] = []

  private let selection: CaseSelection
  private let rounds: Int
  private let executor = SequentialExecutor()

  /// Measures the cases of the block tests under `paths` that `selection` includes, each `rounds`
  /// times. Calls `progress` with each name.
  public static func measured(
    _ paths: [String], _ selection: CaseSelection = CaseSelection(), rounds: Int = 1,
    progress: (String) -> Void = { _ in }
  ) -> BlockSpeed {
    var speed = BlockSpeed(selection: selection, rounds: max(1, rounds))
    for path in paths { speed.measure(path, progress) }
    speed.cases.sort { ($0.megagasPerSecond, $0.name) < ($1.megagasPerSecond, $1.name) }
    return speed
  }

  private init(selection: CaseSelection, rounds: Int) {
    self.selection = selection
    self.rounds = rounds
  }

  private mutating func measure(_ path: String, _ progress: (String) -> Void) {
    do throws(ArchiveError) {
      for item in try FileWalk.items(under: path) {
        switch item {
        case .file(let file): measure(try FileWalk.read(file), path: file, progress)
        case .archive(let archive):
          try ArchiveReader(path: archive).forEachFile(where: { $0.hasSuffix(".json") }) { file in
            measure(file.bytes, path: file.path, progress)
            return true
          }
        case .unreadable(let error): throw error
        }
      }
    } catch {
      errors.append("\(error)")
    }
  }

  private mutating func measure(_ bytes: [UInt8], path: String, _ progress: (String) -> Void) {
    do throws(JSONError) {
      let document = try JSONDocument(parsing: bytes, source: path)
      guard FixtureFormat.detect(document, path: path) == .known(.blockTest) else { return }
      for member in try document.root.members() where !member.key.hasPrefix("_") {
        let name = member.key.string
        guard selection.includes(name, path: path) else { continue }
        progress(name)
        try measure(member.value, name: name)
      }
    } catch {
      errors.append("\(error)")
    }
  }

  private mutating func measure(_ test: JSONValue, name: String) throws(JSONError) {
    var blocks: [[UInt8]] = []
    for block in try test.field("blocks").elements() {
      blocks.append(try block.field("rlp").bytes())
    }
    var best = UInt64.max
    var gas: UInt64 = 0
    for _ in 0..<rounds {
      do throws(ChainFixture.Obstacle) {
        let chain = try ChainFixture(test, name: name, executor: executor).chain
        for block in blocks {
          let start = ThreadClock.now
          do throws(BlockImportError) {
            _ = try chain.importBlock(encoded: block)
          } catch {
            // A block that is to be refused has no speed.
            return
          }
          if block == blocks.last { best = min(best, ThreadClock.now - start) }
        }
        gas = chain.head.header.gasUsed
      } catch {
        switch error {
        case .json(let error): throw error
        case .verdict(let verdict): errors.append("\(name): \(verdict)")
        }
        return
      }
    }
    if gas > 0 { cases.append(Case(name: name, gas: gas, nanoseconds: best)) }
  }
}
