// The precompiled contracts of each fork.

public import Ledger
public import Primitives

/// The precompiled contracts of one fork by address.
///
/// Tables live as long as the process; a copy is a reference without a count.
public struct PrecompileTable: @unchecked Sendable {
  /// The largest address with a contract.
  private static let lastAddress: UInt64 = 0x100

  /// For each address up to the last one the place of its contract, −1 where there is none.
  private let places: UnsafePointer<Int8>
  private let contracts: UnsafePointer<Precompile>
  /// Contracts that were moved to addresses of their own; nil where none was.
  private var moved: UnsafeBufferPointer<(address: Address, contract: Precompile)>?

  /// The table of `fork`.
  public static func of(_ fork: Fork) -> PrecompileTable { tables[Int(fork.rawValue)] }

  /// The contract at `address`, if there is one.
  @inline(__always)
  public subscript(address: Address) -> Precompile? {
    guard (address.l1 | UInt64(address.l2)) == 0, address.l0 <= Self.lastAddress else {
      return moved == nil ? nil : Self.contract(at: address, among: moved)
    }
    let place = places[Int(truncatingIfNeeded: address.l0)]
    return place < 0
      ? (moved == nil ? nil : Self.contract(at: address, among: moved)) : contracts[Int(place)]
  }

  // Not of an instance: handing over the whole table would take native stack from each message.
  @inline(never)
  private static func contract(
    at address: Address, among moved: UnsafeBufferPointer<(address: Address, contract: Precompile)>?
  ) -> Precompile? {
    moved?.first { $0.address == address }?.contract
  }

  /// The table with these places and contracts instead of its own, beside the others of it.
  fileprivate init(
    _ table: PrecompileTable, places: UnsafePointer<Int8>,
    moved: UnsafeBufferPointer<(address: Address, contract: Precompile)>
  ) {
    self.init(
      places: places, contracts: table.contracts, moved: moved,
      smallAddresses: table.smallAddresses)
  }

  /// Every address with a contract, in order: they are warm from the start of a transaction
  /// (EIP-2929).
  public var addresses: [Address] {
    (0...Self.lastAddress).filter { places[Int($0)] >= 0 }.map { Address($0) }
  }

  /// `addresses` as a set.
  public let smallAddresses: SmallAddressSet

  /// One table for each fork.
  private static let tables: [PrecompileTable] = {
    var rows: [UInt64: Precompile] = [:]
    return Fork.allCases.map { fork in
      rows.merge(changes(in: fork)) { _, new in new }
      return PrecompileTable(rows)
    }
  }()

  private init(
    places: UnsafePointer<Int8>, contracts: UnsafePointer<Precompile>,
    moved: UnsafeBufferPointer<(address: Address, contract: Precompile)>?,
    smallAddresses: SmallAddressSet
  ) {
    self.places = places
    self.contracts = contracts
    self.moved = moved
    self.smallAddresses = smallAddresses
  }

  private init(_ rows: [UInt64: Precompile]) {
    let places = UnsafeMutablePointer<Int8>.allocate(capacity: Int(Self.lastAddress) + 1)
    places.initialize(repeating: -1, count: Int(Self.lastAddress) + 1)
    let contracts = UnsafeMutablePointer<Precompile>.allocate(capacity: rows.count)
    for (place, row) in rows.sorted(by: { $0.key < $1.key }).enumerated() {
      precondition(row.key <= Self.lastAddress, "the address is beyond the table")
      places[Int(row.key)] = Int8(place)
      (contracts + place).initialize(to: row.value)
    }
    self.places = UnsafePointer(places)
    self.contracts = UnsafePointer(contracts)
    smallAddresses = SmallAddressSet(rows.keys.map { Address($0) })
  }
}

/// The precompiled contracts of a fork, some of them at other addresses than the protocol says.
public final class MovedPrecompiles: Sendable {
  /// The table.
  public let table: PrecompileTable
  private let places: SharedPlaces
  private let moved: SharedMoves

  private struct SharedPlaces: @unchecked Sendable {
    let buffer: UnsafeMutablePointer<Int8>
  }

  private struct SharedMoves: @unchecked Sendable {
    let buffer: UnsafeMutableBufferPointer<(address: Address, contract: Precompile)>
  }

  /// The contracts of `fork`, each at the address that `moves` has for its own, or at none; an address
  /// without a contract is of no consequence.
  public init(_ fork: Fork, _ moves: [(from: Address, to: Address?)]) {
    let original = PrecompileTable.of(fork)
    let places = UnsafeMutablePointer<Int8>.allocate(capacity: PrecompileTable.placeCount)
    original.copyPlaces(to: places)
    var taken: [(address: Address, contract: Precompile)] = []
    for move in moves {
      guard let contract = original[move.from] else { continue }
      places[Int(move.from.l0)] = -1
      if let target = move.to { taken.append((target, contract)) }
    }
    let moved = UnsafeMutableBufferPointer<(address: Address, contract: Precompile)>.allocate(
      capacity: taken.count)
    _ = moved.initialize(from: taken)
    self.places = SharedPlaces(buffer: places)
    self.moved = SharedMoves(buffer: moved)
    table = PrecompileTable(
      original, places: places, moved: UnsafeBufferPointer(moved))
  }

  deinit {
    places.buffer.deallocate()
    moved.buffer.deallocate()
  }
}

extension PrecompileTable {
  fileprivate static var placeCount: Int { Int(lastAddress) + 1 }

  fileprivate func copyPlaces(to memory: UnsafeMutablePointer<Int8>) {
    memory.initialize(from: places, count: Self.placeCount)
  }

  /// The contracts that a fork adds or prices anew.
  private static func changes(in fork: Fork) -> [UInt64: Precompile] {
    switch fork {
    case .frontier:
      [
        0x01: Precompile(.recover, .fixed(3000)),
        0x02: Precompile(.sha256, .words(base: 60, each: 12)),
        0x03: Precompile(.ripemd160, .words(base: 600, each: 120)),
        0x04: Precompile(.identity, .words(base: 15, each: 3)),
      ]
    case .byzantium:
      [
        0x05: Precompile(.modExp, .modExp(.byzantium)),
        0x06: Precompile(.bn254Add, .fixed(500)),
        0x07: Precompile(.bn254Multiply, .fixed(40_000)),
        0x08: Precompile(.bn254Pairing, .items(base: 100_000, each: 80_000, size: 192)),
      ]
    case .istanbul:
      [
        0x06: Precompile(.bn254Add, .fixed(150)),
        0x07: Precompile(.bn254Multiply, .fixed(6_000)),
        0x08: Precompile(.bn254Pairing, .items(base: 45_000, each: 34_000, size: 192)),
        0x09: Precompile(.blake2f, .blakeRounds),
      ]
    case .berlin: [0x05: Precompile(.modExp, .modExp(.berlin))]
    case .cancun: [0x0a: Precompile(.pointEvaluation, .fixed(50_000))]
    case .prague:
      [
        0x0b: Precompile(.bls12381AddG1, .fixed(375)),
        0x0c: Precompile(.bls12381MultiplyG1, .multiScalar(.g1)),
        0x0d: Precompile(.bls12381AddG2, .fixed(600)),
        0x0e: Precompile(.bls12381MultiplyG2, .multiScalar(.g2)),
        0x0f: Precompile(.bls12381Pairing, .items(base: 37_700, each: 32_600, size: 384)),
        0x10: Precompile(.bls12381MapToG1, .fixed(5_500)),
        0x11: Precompile(.bls12381MapToG2, .fixed(23_800)),
      ]
    case .osaka:
      [
        0x05: Precompile(.modExp, .modExp(.osaka)),
        0x100: Precompile(.p256Verify, .fixed(6900)),
      ]
    default: [:]
    }
  }
}
