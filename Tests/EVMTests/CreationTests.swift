// Creating contracts.

import Crypto
import EVM
import Ledger
import Primitives
import Testing

@Suite struct CreationTests {
  /// Creation code that returns `code`.
  private func initcode(returning body: [UInt8]) -> [UInt8] {
    // PUSH2 size, DUP1, PUSH1 12, PUSH1 0, CODECOPY, PUSH1 0, RETURN
    let size = [UInt8(body.count >> 8), UInt8(body.count & 255)]
    return code([0x61], size, [0x80, 0x60, 12, 0x60, 0, 0x39, 0x60, 0, 0xf3], body)
  }

  private func created(_ body: [UInt8], gas: Int64 = 10_000_000, fork: Fork = .latest) -> (
    Outcome, TestHost
  ) {
    let host = TestHost()
    host.add(sender, balance: 100, nonce: 1)
    return (send(to: nil, input: initcode(returning: body), gas: gas, fork: fork, host: host), host)
  }

  @Test func `The addresses of EIP-1014`() throws {
    let cases: [(String, String, String, String)] = [
      (
        "0x0000000000000000000000000000000000000000", "0x00", "0x00",
        "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38"
      ),
      (
        "0xdeadbeef00000000000000000000000000000000", "0x00", "0x00",
        "0xB928f69Bb1D91Cd65274e3c79d8986362984fDA3"
      ),
      (
        "0x00000000000000000000000000000000deadbeef", "0xcafebabe", "0xdeadbeef",
        "0x60f3f640a8508fC6a86d45DF051962668E1e8AC7"
      ),
      (
        "0x0000000000000000000000000000000000000000", "0x00", "0x",
        "0xE33C0C7F7df4809055C3ebA6c09CFe4BaF1BD9e0"
      ),
    ]
    for (creator, salt, initcode, expected) in cases {
      let address = try Hex.decode(initcode).withUnsafeBytes { bytes in
        Address.created2(
          by: try Address(hex: creator), salt: try UInt256(hex: salt), initcode: bytes)
      }
      #expect(address == (try Address(hex: expected)))
    }
  }

  @Test func `CREATE's address follows from creator and nonce`() throws {
    let creator = try Address(hex: "0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0")
    #expect(
      Address.created(by: creator, nonce: 0)
        == (try Address(hex: "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d")))
    #expect(
      Address.created(by: creator, nonce: 1)
        == (try Address(hex: "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8")))
  }

  @Test func `A creation transaction leaves code, pays 200 a byte, and uses the nonce before`() {
    let (outcome, host) = created([1, 2, 3])
    let address = Address.created(by: sender, nonce: 0)
    #expect(outcome.created == address)
    #expect(host.world.accounts[address]?.code.bytes == [1, 2, 3])
    #expect(host.nonce(of: address) == 1)
    let longer = created([1, 2, 3, 4]).0
    #expect(longer.gasUsed - outcome.gasUsed == 200)
  }

  @Test func `Created code obeys EIP-170 and EIP-3541`() {
    let limit = [UInt8](repeating: 0, count: 24_576)
    #expect(created(limit).0.halt == nil)
    #expect(created(limit + [0]).0.halt == .codeTooLarge)
    #expect(created(limit + [0], fork: .homestead).0.halt == nil)
    #expect(created([0xef]).0.halt == .codePrefixEF)
    #expect(created([0xef], fork: .berlin).0.halt == nil)
  }

  @Test func `Code that cannot be paid fails, except in Frontier, where none is left`() {
    let body = [UInt8](repeating: 0, count: 100)
    let gas: Int64 = 5_000
    #expect(created(body, gas: gas, fork: .homestead).0.halt == .outOfGas)
    let (outcome, host) = created(body, gas: gas, fork: .frontier)
    #expect(outcome.halt == nil)
    #expect(host.world.accounts[Address.created(by: sender, nonce: 0)]?.code.bytes == [])
  }

  @Test func `A taken address takes all gas and leaves the world as it was`() {
    let host = TestHost()
    host.add(sender, nonce: 1)
    host.add(Address.created(by: sender, nonce: 0), code: [0x00])
    let outcome = send(to: nil, input: [0x00], gas: 1_000, host: host)
    #expect(outcome.halt == .createCollision)
    #expect(outcome.gasUsed == 1_000)
  }

  @Test func `CREATE2 from code can be repeated only with another salt`() {
    let create = { (salt: UInt256) in
      code(push(salt), push(0), push(0), push(0), op(.create2))
    }
    let program = code(create(1), create(1), create(2), op(.iszero, .swap2, .iszero), returnTop)
    // Stack: 0 for success, failure, success; ISZERO turns the outer two.
    #expect(run(program).returns(0))
    let second = code(create(1), op(.pop), create(1), returnTop)
    #expect(run(second).returns(0))
    let other = code(create(1), op(.pop), create(2), returnTop)
    #expect(run(other).word != 0)
  }

  @Test func `Creation code beyond the limit is refused from Shanghai on`() {
    let program = { (size: UInt256) in code(push(size), push(0), push(0), op(.create), returnTop) }
    #expect(run(program(49_152)).halt == nil)
    #expect(run(program(49_153)).halt == .initcodeTooLarge)
    #expect(run(program(49_153), fork: .london).halt == nil)
  }

  @Test func `A failed creation leaves its return data only when it reverted`() {
    // Creation code: MSTORE8(0, 0xfd …) would be long; the code reverts with 32 zero bytes.
    let reverting: [UInt8] = [0x60, 32, 0x5f, 0xfd]
    let word = (UInt256(bigEndian: reverting) ?? 0) &<< 224
    let program = { (size: UInt256) in
      code(
        push(word), push(0), op(.mstore), push(size), push(0), push(0), op(.create, .pop),
        op(.returndatasize), returnTop)
    }
    #expect(run(program(4)).returns(32))
    #expect(run(program(0)).returns(0))
  }
}
