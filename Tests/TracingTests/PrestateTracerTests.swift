// Accounts and slots before a transaction, and how it changes them.

import Crypto
import EVM
import Execution
import Ledger
import Primitives
import State
import Testing
import Tracing

@Suite struct PrestateTracerTests {
  @Test func `Sender, recipient and coinbase are seen before any fee`() throws {
    var scene = Scene([0x00])
    scene.accounts.append(AccountAllocation(address: Scene.coinbase, balance: 3))
    let accounts = try scene.prestate()
    #expect(Set(accounts.keys) == [Scene.sender, Scene.first, Scene.coinbase])
    #expect(same(accounts[Scene.sender]?.balance, 1_000_000_000_000_000_000))
    #expect(same(accounts[Scene.coinbase]?.balance, 3))
    #expect(accounts[Scene.first]?.nonce == 1)
    let stop: [UInt8] = [0x00]
    #expect(accounts[Scene.first]?.code == stop)
    #expect(accounts[Scene.first]?.codeHash == Keccak256.hash(stop))
    #expect(accounts[Scene.sender]?.codeHash == nil)
  }

  @Test func `Instructions touch the accounts and slots that they name`() throws {
    let (asked, heir) = (Address(0x1001), Address(0x1002))
    var scene = Scene(
      code(
        push(asked.word), op(.balance, .pop), push(5), op(.sload, .pop), push(1), push(6),
        op(.sstore), call(Scene.second, value: 10)),
      second: code(push(heir.word), op(.selfdestruct)))
    scene.accounts[1].storage = [5: 50, 6: 60, 7: 70]
    scene.accounts.append(AccountAllocation(address: asked, balance: 1))
    scene.accounts.append(AccountAllocation(address: heir, balance: 2))
    let accounts = try scene.prestate()
    let slots: [UInt256: UInt256] = [5: 50, 6: 60]
    #expect(accounts[Scene.first]?.storage == slots)
    #expect(same(accounts[asked]?.balance, 1))
    #expect(same(accounts[heir]?.balance, 2))
    #expect(same(accounts[Scene.second]?.balance, 0))
    let bare = try scene.prestate {
      $0.disableCode = true
      $0.disableStorage = true
    }
    #expect(bare.values.allSatisfy { $0.code == nil && $0.storage.isEmpty })
    #expect(bare[Scene.first]?.codeHash != nil)
  }

  @Test func `What an instruction could not pay for is not touched`() throws {
    let asked = Address(0x1001)
    var scene = Scene(code(push(asked.word), op(.balance)))
    scene.accounts.append(AccountAllocation(address: asked, balance: 1))
    scene.transaction.gasLimit = 21_050
    #expect(try scene.prestate()[asked] == nil)
  }

  @Test func `Accounts that were empty are shown only on demand`() throws {
    let scene = Scene(code(push(0x1001), op(.balance)))
    #expect(try scene.prestate()[Address(0x1001)] == nil)
    let all = try scene.prestate { $0.includeEmpty = true }
    #expect(same(all[Address(0x1001)]?.balance, 0))
  }

  @Test func `Authorities and delegates belong to it`() throws {
    let key: UInt256 = 0x1234_5678
    let authority = try #require(Secp256k1.address(ofPrivateKey: key))
    let authorization = try #require(
      Authorization(chainID: 1, address: Scene.second, nonce: 0).signed(by: key))
    var scene = Scene(call(authority), second: [0x00])
    scene.transaction = Transaction(
      kind: .setCode, chainID: 1, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 10,
      gasLimit: 200_000, to: Scene.first, authorizations: [authorization])
    scene.accounts.append(AccountAllocation(address: authority, balance: 8))
    let accounts = try scene.prestate()
    #expect(same(accounts[authority]?.balance, 8))
    #expect(accounts[authority]?.code == nil)
    #expect(accounts[Scene.second]?.code?.count == 1)
    let after = try scene.difference().post[authority]
    let designator: [UInt8] = [0xef, 0x01, 0x00] + Scene.second.bytes
    #expect(after?.code == designator)
    #expect(after?.nonce == 1)
  }

  @Test func `The delegate of a recipient that its own transaction names belongs to it`() throws {
    let key: UInt256 = 0x1234_5678
    let authority = try #require(Secp256k1.address(ofPrivateKey: key))
    let authorization = try #require(
      Authorization(chainID: 1, address: Scene.second, nonce: 0).signed(by: key))
    var scene = Scene([], second: [0x00])
    scene.transaction = Transaction(
      kind: .setCode, chainID: 1, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 10,
      gasLimit: 200_000, to: authority, authorizations: [authorization])
    #expect(try scene.prestate()[Scene.second]?.code?.count == 1)
  }

  @Test func `The difference has what changed, before and after`() throws {
    var scene = Scene(
      code(
        push(0), push(1), op(.sstore), push(22), push(2), op(.sstore), push(3), op(.sload, .pop)))
    scene.accounts[1].storage = [1: 10, 2: 20, 3: 30]
    let difference = try scene.difference()
    let (before, after): ([UInt256: UInt256], [UInt256: UInt256]) = ([1: 10, 2: 20], [2: 22])
    #expect(difference.pre[Scene.first]?.storage == before)
    #expect(difference.post[Scene.first]?.storage == after)
    #expect(difference.post[Scene.first]?.balance == nil)
    #expect(difference.post[Scene.sender]?.nonce == 1)
    #expect(difference.pre[Scene.coinbase] == nil && difference.post[Scene.coinbase] != nil)
  }

  @Test func `A contract that is gone stands only before, unless its end was undone`() throws {
    let end = code(push(Scene.sender.word), op(.selfdestruct))
    let gone = try Scene(end, fork: .london).difference()
    #expect(gone.pre[Scene.first] != nil && gone.post[Scene.first] == nil)
    let kept = try Scene(end, fork: .cancun).difference()
    #expect(same(kept.post[Scene.first]?.balance, 0))
    // The caller of what ended itself fails.
    let third = Address(0xcccc)
    var undone = Scene(
      code(call(Scene.second), push(1), push(1), op(.sstore)),
      second: code(call(third), op(.invalid)), fork: .london)
    undone.accounts.append(AccountAllocation(address: third, balance: 4, code: end))
    let difference = try undone.difference()
    #expect(difference.pre[third] == nil && difference.post[third] == nil)
  }
}

/// Whether two optional words are the same; spares `#expect` a comparison of unlike types.
func same(_ a: UInt256?, _ b: UInt256) -> Bool { a == b }
