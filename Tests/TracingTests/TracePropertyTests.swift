// Random programs: tracers change nothing, and agree with the state and with each other.

import Crypto
import EVM
import Execution
import Ledger
import Primitives
import Samples
import State
import Testing
import Tracing

@Suite struct TracePropertyTests {
  private static let contracts = [Scene.first, Scene.second, Address(0xcccc), Address(0xdddd)]

  /// Code that calls, creates, stores, logs and ends, with some noise.
  private func program(_ generator: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 1...12, using: &generator) {
      let small = UInt256(UInt64.random(in: 0...3, using: &generator))
      let target =
        (Self.contracts + [Address(2), Address(4), Address(0x9999), Scene.coinbase])
        .randomElement(using: &generator) ?? Scene.second
      switch Int.random(in: 0..<12, using: &generator) {
      case 0, 1, 2:
        let kind =
          [Opcode.call, .callcode, .delegatecall, .staticcall].randomElement(using: &generator)
          ?? .call
        bytes += call(
          kind, target, gas: UInt256(UInt64.random(in: 0...90_000, using: &generator)),
          value: small,
          inputSize: small)
      case 3: bytes += code(push(small), push(small), op(.sstore))
      case 4: bytes += code(push(small), op(.sload, .pop))
      case 5: bytes += code(push(small), push(small), op(.log0))
      case 6: bytes += create([0x60, 1, 0x60, 1, 0x55, 0x60, 0x20, 0x60, 0, 0xf3], value: small)
      case 7:
        bytes += code(
          store([0x33, 0xff]), push(small), push(2), push(0), push(small), op(.create2))
      case 8: bytes += code(push(target.word), op(.balance, .pop))
      case 9: bytes += code(push(target.word), op(.extcodehash, .pop))
      case 10 where Bool.random(using: &generator):
        bytes +=
          [
            code(push(target.word), op(.selfdestruct)), op(.invalid), revert(with: "no"),
            code(push(32), push(0), op(.return)),
          ].randomElement(using: &generator) ?? []
      default: bytes.append(UInt8.random(in: .min ... .max, using: &generator))
      }
    }
    return bytes
  }

  private func scene(_ generator: inout SeededGenerator, from oldest: Fork = .frontier) -> Scene {
    let forks = Fork.allCases.filter { $0 >= oldest }
    var scene = Scene(
      program(&generator), fork: forks.randomElement(using: &generator) ?? .latest)
    for address in Self.contracts.dropFirst() {
      scene.accounts.append(
        AccountAllocation(
          address: address, nonce: 1, balance: UInt256(UInt64.random(in: 0...3, using: &generator)),
          code: program(&generator), storage: [1: 11, 2: 22]))
    }
    scene.transaction.gasLimit = UInt64.random(in: 30_000...600_000, using: &generator)
    scene.transaction.value = UInt256(UInt64.random(in: 0...2, using: &generator))
    if Int.random(in: 0..<8, using: &generator) == 0 {
      scene.transaction.to = nil
      scene.transaction.data = program(&generator)
    }
    return scene
  }

  private static var tracers: [TracerConfiguration] {
    var call = CallTracerOptions()
    call.withLog = true
    var flat = FlatCallTracerOptions()
    flat.includePrecompiles = true
    var difference = PrestateTracerOptions()
    difference.diffMode = true
    var logs = StructLogOptions()
    logs.enableMemory = true
    logs.enableReturnData = true
    return [
      .call(call), .flatCall(flat), .prestate(PrestateTracerOptions()), .prestate(difference),
      .fourByte, .structLogs(logs),
      .several([
        NamedTracer(name: "logs", tracer: .structLogs(logs)),
        NamedTracer(name: "calls", tracer: .call(call)),
      ]),
    ]
  }

  @Test(arguments: [1 as UInt64, 2, 3])
  func `No tracer changes gas, logs or state`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var executed = 0
    for _ in 0..<150 {
      let scene = scene(&generator)
      let plain = scene.executor()
      guard let outcome = try? plain.execute(scene.transaction, from: Scene.sender) else {
        continue
      }
      executed += 1
      let diff = plain.state.diff()
      for tracer in Self.tracers {
        let executor = scene.executor()
        let trace = try executor.trace(scene.transaction, from: Scene.sender, by: tracer)
        #expect(trace.outcome == outcome)
        #expect(executor.state.diff() == diff)
        _ = trace.result.json()
      }
    }
    #expect(executed > 100)
  }

  @Test(arguments: [11 as UInt64, 12])
  func `The tree of calls and the list of calls tell the same story`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let scene = scene(&generator)
      guard let tree = try? scene.calls() else { continue }
      let list = try scene.flatCalls { $0.includePrecompiles = true }
      var frames: [CallFrame] = []
      func walk(_ frame: CallFrame) {
        frames.append(frame)
        frame.calls.forEach(walk)
      }
      walk(tree)
      #expect(frames.map(\.error) == list.map(\.error))
      #expect(frames.map(\.calls.count) == list.map(\.subtraces))
      for (frame, entry) in zip(frames, list) {
        switch entry.action {
        case .call(let kind, let from, let to, let gas, let input, let value):
          #expect(kind == frame.kind && from == frame.from && to == frame.to)
          #expect(gas == frame.gas && input == frame.input && value == frame.value)
        case .create(let kind, let from, let gas, let initcode, _):
          #expect(kind == frame.kind && from == frame.from)
          #expect(gas == frame.gas && initcode == frame.input)
        case .selfDestruct(let address, _, let beneficiary):
          #expect(address == frame.from && beneficiary == frame.to)
        }
        #expect(frame.gasUsed <= frame.gas)
      }
    }
  }

  @Test(arguments: [21 as UInt64, 22])
  func `The logs in the tree are those of the outcome`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var options = CallTracerOptions()
    options.withLog = true
    for _ in 0..<300 {
      let scene = scene(&generator)
      guard let trace = try? scene.trace(by: .call(options)), case .call(let tree) = trace.result
      else { continue }
      var logs: [CallLog] = []
      func walk(_ frame: CallFrame) {
        logs += frame.logs
        frame.calls.forEach(walk)
      }
      walk(tree)
      logs.sort { $0.index < $1.index }
      #expect(logs.map(\.index) == Array(0..<logs.count))
      #expect(
        logs.map { Log(address: $0.address, topics: $0.topics, data: $0.data) }
          == trace.outcome.logs)
    }
  }

  /// What of an account can be seen.
  private struct Seen: Equatable {
    var account = Account()
    var slots: [UInt256: UInt256] = [:]
  }

  private func seen(_ state: MemoryState) -> [Address: Seen] {
    var accounts: [Address: Seen] = [:]
    state.forEachAccount { address, account in
      var seen = Seen(account: account)
      state.forEachSlot(of: address) { slot, word in seen.slots[slot] = word }
      if !account.isEmpty { accounts[address] = seen }
    }
    return accounts
  }

  @Test(arguments: [31 as UInt64, 32, 33])
  func `The difference leads from the state before to the state after`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var changes = 0
    for _ in 0..<300 {
      let scene = scene(&generator, from: .spuriousDragon)
      let executor = scene.executor()
      var options = PrestateTracerOptions()
      options.diffMode = true
      guard
        let trace = try? executor.trace(
          scene.transaction, from: Scene.sender, by: .prestate(options)),
        case .difference(let difference) = trace.result
      else { continue }
      let before = MemoryState(scene.accounts)
      var accounts = seen(before)
      for (address, picture) in difference.pre {
        #expect(picture.balance == accounts[address]?.account.balance)
        #expect(picture.nonce == accounts[address]?.account.nonce)
        for (slot, word) in picture.storage {
          #expect(same(accounts[address]?.slots[slot] ?? .zero, word))
          accounts[address]?.slots[slot] = nil
        }
        if difference.post[address] == nil { accounts[address] = nil }
      }
      for (address, picture) in difference.post {
        var account = accounts[address] ?? Seen()
        if let balance = picture.balance { account.account.balance = balance }
        if let nonce = picture.nonce { account.account.nonce = nonce }
        if let hash = picture.codeHash { account.account.codeHash = hash }
        if let code = picture.code { #expect(Keccak256.hash(code) == account.account.codeHash) }
        account.slots.merge(picture.storage) { _, new in new }
        accounts[address] = account.account.isEmpty ? nil : account
      }
      before.apply(executor.state.diff())
      #expect(accounts == seen(before))
      changes += difference.post.count
    }
    #expect(changes > 600)
  }

  @Test(arguments: [41 as UInt64, 42, 43])
  func `The prestate is all that the transaction needs`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var touched = 0
    for _ in 0..<300 {
      var scene = scene(&generator, from: .spuriousDragon)
      let executor = scene.executor()
      guard
        let trace = try? executor.trace(
          scene.transaction, from: Scene.sender, by: .prestate(PrestateTracerOptions())),
        case .prestate(let accounts) = trace.result
      else { continue }
      scene.accounts = accounts.map { address, picture in
        AccountAllocation(
          address: address, nonce: picture.nonce ?? 0, balance: picture.balance ?? .zero,
          code: picture.code ?? [], storage: picture.storage)
      }
      let again = scene.executor()
      let outcome = try again.execute(scene.transaction, from: Scene.sender)
      #expect(outcome == trace.outcome)
      #expect(again.state.diff() == executor.state.diff())
      touched += accounts.count
    }
    #expect(touched > 600)
  }

  @Test(arguments: [51 as UInt64, 52])
  func `Struct logs count down the gas`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let calls = ["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL", "CREATE", "CREATE2"]
    for _ in 0..<200 {
      let scene = scene(&generator)
      guard let logs = try? scene.structLogs().logs else { continue }
      for (log, next) in zip(logs, logs.dropFirst()) where log.depth == next.depth {
        // Between two entries of a depth there may be another frame of it, after the end of one.
        let ends = ["STOP", "RETURN", "REVERT", "SELFDESTRUCT"].contains(log.op)
        guard !calls.contains(log.op), !ends, log.error == nil, next.pc > log.pc else { continue }
        #expect(log.gas - log.gasCost == next.gas)
      }
    }
  }
}
