// Very many people.

internal import Crypto
public import Primitives

/// People whose keys anyone can compute, in such numbers that only their addresses are kept.
public struct Crowd: Sendable {
  /// Tells this crowd from others.
  public let seed: UInt64
  private let addresses: [Address]

  /// The crowd of these addresses, which `addresses(of:seed:)` gave.
  public init(seed: UInt64, addresses: [Address]) {
    self.seed = seed
    self.addresses = addresses
  }

  /// How many there are.
  public var count: Int { addresses.count }

  /// The account of a person.
  public func address(of person: Int) -> Address { addresses[person] }

  func privateKey(of person: Int) -> UInt256 { Person.privateKey(of: person, seed: seed) }

  /// The addresses of some people in the world of a seed. It takes a multiplication on the curve for
  /// each; several threads may compute parts.
  public static func addresses(of people: Range<Int>, seed: UInt64) -> [Address] {
    people.map { Person($0, seed: seed).address }
  }
}
