// Chains in memory, and what is left of them.

import Foundation
import Testing

@testable import cli

@Suite struct MemoryFolderTests {
  private func withPlace(_ body: (String) throws -> Void) throws {
    let place = NSTemporaryDirectory() + "needletail-place-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place) }
    try body(place)
  }

  private func names(in place: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place)
  }

  private func arguments(_ words: [String]) throws -> Arguments {
    try Arguments(
      words + ["--in-memory", "--port", "0", "--threads", "1", "--cache-size", "16777216"],
      options: Command.node.options, command: "needletail node")
  }

  @Test func aFolderIsForItsOwnerAndGoesWhenItIsNotWantedAnyMore() throws {
    try withPlace { place in
      let folder = try MemoryFolder(in: place)
      let mode =
        try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int
      #expect(mode == 0o700)
      let other = try MemoryFolder(in: place)
      #expect(other.path != folder.path)
      folder.remove()
      #expect(try names(in: place).count == 1)
      other.remove()
      #expect(try names(in: place).isEmpty)
    }
  }

  @Test func whatAKilledProcessLeftBehindGoesAtTheNextStart() throws {
    try withPlace { place in
      let left = "\(place)/needletail-memory-gone00/store"
      try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
      for name in ["needletail-data", "needletail-memory-file"] {
        try Data().write(to: URL(fileURLWithPath: "\(place)/\(name)"))
      }
      let living = try MemoryFolder(in: place)
      let folder = try MemoryFolder(in: place)
      let expected = [living.path, folder.path].map { URL(fileURLWithPath: $0).lastPathComponent }
      #expect(
        try Set(names(in: place)) == Set(expected + ["needletail-data", "needletail-memory-file"]))
      living.remove()
      folder.remove()
    }
  }

  @Test func aStartThatFailsLeavesNothingBehind() throws {
    try withPlace { place in
      var client = try ExecutionSetup(try arguments(["--authrpc.addr", "nowhere"]))
      client.memoryPlace = place
      #expect(throws: (any Error).self) { try client.start() }
      #expect(try names(in: place).isEmpty)
      var node = try NodeSetup(try arguments(["--host", "nowhere"]))
      node.memoryPlace = place
      #expect(throws: (any Error).self) { try node.start() }
      #expect(try names(in: place).isEmpty)
    }
  }

  @Test func aFailedStartLeavesTheStoreToTheNext() throws {
    try withPlace { place in
      for address in ["nowhere", "127.0.0.1"] {
        let words = [
          "--data", "\(place)/chain/", "--port", "0", "--threads", "1", "--cache-size", "16777216",
          "--authrpc.port", "0", "--authrpc.addr", address, "--log-format", "json",
        ]
        let setup = try ExecutionSetup(
          try Arguments(words, options: Command.node.options, command: "needletail node"))
        if address == "nowhere" {
          #expect(throws: (any Error).self) { try setup.start() }
        } else {
          let run = try setup.start()
          #expect(run.secretFile == "\(place)/chain/jwt.hex")
          try run.stop()
        }
      }
      #expect(try names(in: place) == ["chain"])
      #expect(try names(in: place + "/chain").contains("jwt.hex"))
    }
  }

  @Test func aChainInMemoryTakesItsSecretAlong() throws {
    try withPlace { place in
      var setup = try ExecutionSetup(
        try arguments(["--authrpc.port", "0", "--log-format", "json"]))
      setup.memoryPlace = place
      let run = try setup.start()
      #expect(run.secretFile.hasPrefix(place))
      #expect(FileManager.default.fileExists(atPath: run.secretFile))
      try run.stop()
      #expect(try names(in: place).isEmpty)
    }
  }
}
