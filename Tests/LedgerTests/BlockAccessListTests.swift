// Block access lists: the EIP's example, and what its text forbids.

import Ledger
import Primitives
import Samples
import Testing

@Suite struct BlockAccessListTests {
  private typealias Fault = BlockAccessList.DecodingError

  private static func person(_ byte: UInt8) -> Address {
    Address(truncating: UInt256(bigEndian: [UInt8](repeating: byte, count: 20)) ?? .zero)
  }

  /// The example of the EIP, with numbers where it has dots.
  private static let example: BlockAccessList = {
    let history = Address(truncating: 0x0000_f908_27f1_c53a_10cb_7a02_335b_1753_2000_2935)
    let eve = Address(truncating: 0xabcd_cdcd_cdcd_cdcd_cdcd_cdcd_cdcd_cdcd_cdcd_cdcd)
    let parent = UInt256(bigEndian: [UInt8](repeating: 0x11, count: 32)) ?? .zero
    return BlockAccessList([
      AccountAccess(
        history, storageChanges: [SlotAccess(0x0fa0, [IndexedChange(0, parent)])]),
      AccountAccess(person(0x22)),
      AccountAccess(
        person(0xaa), balanceChanges: [IndexedChange(1, 0x29a_241a)],
        nonceChanges: [IndexedChange(1, 10)]),
      AccountAccess(eve, balanceChanges: [IndexedChange(3, 0x5f5_e100)]),
      AccountAccess(person(0xbb), balanceChanges: [IndexedChange(1, 0xb9a_ca00)]),
      AccountAccess(
        person(0xcc), balanceChanges: [IndexedChange(2, 0xbc1_6d67)],
        nonceChanges: [IndexedChange(2, 5)]),
      AccountAccess(
        person(0xdd), nonceChanges: [IndexedChange(2, 1)],
        codeChanges: [IndexedChange(2, [0x60, 0x80, 0x60, 0x40])]),
      AccountAccess(
        person(0xee),
        balanceChanges: [IndexedChange(1, 0x05_f5e1), IndexedChange(2, 0x0b_ebc2)]),
      AccountAccess(
        person(0xff), storageChanges: [SlotAccess(1, [IndexedChange(2, 0xdddd)])],
        storageReads: [0, 2, .max], nonceChanges: [IndexedChange(2, 5)]),
    ])
  }()

  /// The same, encoded by the `rlp` of the executable specification.
  private static let encodedExample = """
    0xf90183f842940000f90827f1c53a10cb7a02335b175320002935e8e7820fa0e3e280a011111111111111111111\
    11111111111111111111111111111111111111111111c0c0c0c0da94222222222222222222222222222222222222\
    2222c0c0c0c0c0e494aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac0c0c7c60184029a241ac3c2010ac0e194\
    abcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdc0c0c7c6038405f5e100c0c0e194bbbbbbbbbbbbbbbbbbbbbbbb\
    bbbbbbbbbbbbbbbbc0c0c7c601840b9aca00c0c0e494ccccccccccccccccccccccccccccccccccccccccc0c0c7c6\
    02840bc16d67c3c20205c0e494ddddddddddddddddddddddddddddddddddddddddc0c0c0c3c20201c7c602846080\
    6040e694eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeec0c0ccc5018305f5e1c502830bebc2c0c0f84894ffff\
    ffffffffffffffffffffffffffffffffffffc8c701c5c40282dddde38002a0ffffffffffffffffffffffffffffff\
    ffffffffffffffffffffffffffffffffffc0c3c20205c0
    """

  @Test func theExampleOfTheEIPHasItsEncoding() throws {
    let encoded = Self.example.encoded
    #expect(Hex.encode(encoded) == Self.encodedExample)
    #expect(
      Self.example.hash.hex
        == "0x79c5a8d33c06366e0ce57f2edac8efe4a49733ccb4bde4a7e7f702309402ebf2")
    #expect(try BlockAccessList(decoding: encoded) == Self.example)
    #expect(Self.example.itemCount == 9 + 5)
  }

  @Test func theEmptyListHasTheHashOfTheEIP() throws {
    let empty = BlockAccessList()
    #expect(empty.encoded == [0xc0])
    #expect(
      empty.hash.hex == "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347")
    #expect(try BlockAccessList(decoding: [0xc0]) == empty)
  }

  @Test func decodingUndoesEncoding() throws {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<300 {
      let list = random.blockAccessList()
      #expect(try BlockAccessList(decoding: list.encoded) == list)
    }
  }

  @Test func whatTheTextForbidsIsRefused() {
    let (low, high) = (Self.person(0x10), Self.person(0x20))
    let twice = [IndexedChange<UInt256>(2, 1), IndexedChange(2, 3)]
    let falling = [IndexedChange<UInt256>(2, 1), IndexedChange(1, 3)]
    let one = [IndexedChange<UInt256>(1, 1)]
    let lists: [([AccountAccess], BlockAccessList.Field, DecodingFault)] = [
      ([AccountAccess(high), AccountAccess(low)], .account(1, .address), .outOfOrder),
      ([AccountAccess(low), AccountAccess(low)], .account(1, .address), .outOfOrder),
      (
        [AccountAccess(low, storageChanges: [SlotAccess(2, one), SlotAccess(1, one)])],
        .account(0, .slot(1)), .outOfOrder
      ),
      (
        [AccountAccess(low, storageChanges: [SlotAccess(2, one), SlotAccess(2, one)])],
        .account(0, .slot(1)), .outOfOrder
      ),
      ([AccountAccess(low, storageChanges: [SlotAccess(2, [])])], .account(0, .slot(0)), .empty),
      (
        [AccountAccess(low, storageChanges: [SlotAccess(2, twice)])], .account(0, .slot(0)),
        .outOfOrder
      ),
      ([AccountAccess(low, storageReads: [2, 1])], .account(0, .storageReads), .outOfOrder),
      ([AccountAccess(low, storageReads: [2, 2])], .account(0, .storageReads), .outOfOrder),
      (
        [AccountAccess(low, storageChanges: [SlotAccess(2, one)], storageReads: [1, 2])],
        .account(0, .storageReads), .duplicate
      ),
      ([AccountAccess(low, balanceChanges: falling)], .account(0, .balanceChanges), .outOfOrder),
      ([AccountAccess(low, balanceChanges: twice)], .account(0, .balanceChanges), .outOfOrder),
      (
        [AccountAccess(low, nonceChanges: [IndexedChange(1, 1), IndexedChange(1, 2)])],
        .account(0, .nonceChanges), .outOfOrder
      ),
      (
        [AccountAccess(low, codeChanges: [IndexedChange(1, [1]), IndexedChange(0, [2])])],
        .account(0, .codeChanges), .outOfOrder
      ),
    ]
    for (accounts, field, fault) in lists {
      let error = #expect(throws: Fault.self) {
        try BlockAccessList(decoding: BlockAccessList(accounts).encoded)
      }
      #expect(error?.field == field)
      #expect(error?.fault == fault)
    }
  }

  @Test func wrongFormsAreRefusedByPlace() throws {
    let address = "94" + String(repeating: "10", count: 20)
    let forms: [(String, DecodingFault)] = [
      // The entry alone, without the list around it.
      ("da\(address)c0c0c0c0c0", .unexpectedBytes),
      ("d6d5\(address)", .tooFewElements),
      ("dcdb\(address)c0c0c0c0c0c0", .tooManyElements),
      ("dcdb\(address)c0c100c0c0c0", .leadingZeros),
      ("dcdb\(address)c080c0c0c0c0", .unexpectedBytes),
      ("dcdb\(address)c0c0c0c0", .truncated),
      // An index of 33 bits.
      ("e3e2\(address)c0c0c8c785010000000001c0c0", .tooLarge),
      ("80", .unexpectedBytes),
      ("c0c0", .trailingBytes),
    ]
    for (text, fault) in forms {
      let error = #expect(throws: Fault.self, "\(text)") {
        try BlockAccessList(decoding: Hex.decode(text))
      }
      #expect(error?.fault == fault, "\(text)")
    }
  }

  @Test func whatDecodesAfterDamageIsCanonical() throws {
    var random = SeededGenerator(seed: 3)
    var decoded = 0
    for _ in 0..<5_000 {
      let bytes = random.mutated(random.blockAccessList().encoded)
      guard let list = try? BlockAccessList(decoding: bytes) else { continue }
      decoded += 1
      #expect(list.encoded == bytes)
    }
    #expect(decoded > 50)
  }

  @Test func aListThatIsNotTheBlocksIsRefusedByReason() throws {
    typealias Mismatch = BlockAccessList.Mismatch
    let executed = Self.example
    let (alice, stranger) = (Self.person(0xaa), Self.person(0xab))
    func reason(_ change: (inout BlockAccessList) -> Void) -> Mismatch? {
      var list = executed
      change(&list)
      do throws(Mismatch) {
        try list.check(against: executed, gasLimit: 30_000_000)
        return nil
      } catch {
        return error
      }
    }
    #expect(reason { _ in } == nil)
    #expect(reason { $0.accounts.remove(at: 2) } == .missingAccount(alice))
    #expect(reason { $0.accounts.removeLast() } == .missingAccount(Self.person(0xff)))
    #expect(
      reason { $0.accounts.insert(AccountAccess(stranger), at: 3) } == .unexpectedAccount(stranger))
    #expect(
      reason { $0.accounts.append(AccountAccess(Address(.max))) } != nil)
    #expect(
      reason { $0.accounts[2].balanceChanges[0].value = 1 } == .differs(alice, .balanceChanges))
    #expect(reason { $0.accounts[2].nonceChanges = [] } == .differs(alice, .nonceChanges))
    #expect(
      reason { $0.accounts[6].codeChanges[0].value = [] }
        == .differs(Self.person(0xdd), .codeChanges))
    #expect(
      reason { $0.accounts[8].storageReads.removeLast() }
        == .differs(Self.person(0xff), .storageReads))
    #expect(
      reason { $0.accounts[8].storageChanges[0].changes[0].index = 1 }
        == .differs(Self.person(0xff), .slot(0)))
    #expect(throws: Mismatch.tooManyItems(count: 14, limit: 13)) {
      try executed.check(against: executed, gasLimit: 27_999)
    }
    #expect(throws: Never.self) { try executed.check(against: executed, gasLimit: 28_000) }
  }
}

extension SeededGenerator {
  /// Any list in order.
  fileprivate mutating func blockAccessList() -> BlockAccessList {
    let addresses = Set(array(upTo: 5) { $0.address() }).sorted()
    return BlockAccessList(addresses.map { accountAccess($0) })
  }

  private mutating func accountAccess(_ address: Address) -> AccountAccess {
    let slots = Set(array(upTo: 6) { $0.word() }).sorted()
    let changed = slots.filter { _ in flip() }
    return AccountAccess(
      address,
      storageChanges: changed.map { SlotAccess($0, changes(atLeast: 1) { $0.word() }) },
      storageReads: slots.filter { !changed.contains($0) },
      balanceChanges: changes { $0.word() }, nonceChanges: changes { $0.number() },
      codeChanges: changes { $0.bytes(upTo: 60) })
  }

  private mutating func changes<Value>(
    atLeast least: Int = 0, _ value: (inout SeededGenerator) -> Value
  ) -> [IndexedChange<Value>] {
    var indices = Set(array(upTo: 3) { UInt32(truncatingIfNeeded: $0.number()) })
    if indices.count < least { indices.insert(UInt32(below(9))) }
    return indices.sorted().map { IndexedChange($0, value(&self)) }
  }
}
