// Unique tokens and their market.

internal import Primitives

/// A collection of unique tokens, as Contracts/Collection.vy keeps it.
struct TokenCollection {
  /// Where its contract is.
  let address: Address

  private func owner(of id: UInt256) -> StorageKey { address.slot(0)[id] }
  private func balance(of owner: Address) -> StorageKey { address.slot(1)[owner] }
  private var supply: StorageKey { address.slot(3) }

  /// How many tokens there are.
  func supply(in world: World) -> UInt256 { world[supply] }

  /// Lets an operator move all that somebody owns, from the beginning.
  func approve(_ operator: Address, by owner: Address, in world: inout World) {
    world.place(1, at: address.slot(2)[owner][`operator`])
  }

  func mint(_ id: UInt256, by minter: Address, in world: inout World) {
    world[owner(of: id)] = minter.word
    world[balance(of: minter)] += 1
    world[supply] += 1
  }

  func move(_ id: UInt256, from sender: Address, to recipient: Address, in world: inout World) {
    world[owner(of: id)] = recipient.word
    world[balance(of: sender)] -= 1
    world[balance(of: recipient)] += 1
  }
}

/// A marketplace, as Contracts/Market.vy keeps it.
struct TokenMarket {
  /// Where its contract is.
  let address: Address

  private func listing(_ id: UInt256, of collection: TokenCollection) -> StorageKey {
    address.slot(0)[collection.address][id]
  }

  func list(
    _ id: UInt256, of collection: TokenCollection, for price: UInt256, by seller: Address,
    in world: inout World
  ) {
    collection.move(id, from: seller, to: address, in: &world)
    world[listing(id, of: collection)] = seller.word
    world[listing(id, of: collection).member(1)] = price
  }

  /// The price reaches the market with the transaction; here it goes on to the seller.
  func buy(
    _ id: UInt256, of collection: TokenCollection, by buyer: Address, in world: inout World
  ) {
    let seller = Address(truncating: world[listing(id, of: collection)])
    let price = world[listing(id, of: collection).member(1)]
    let fee = price * 25 / 1000
    world[listing(id, of: collection)] = .zero
    world[listing(id, of: collection).member(1)] = .zero
    world[address.slot(1)] += fee
    collection.move(id, from: address, to: buyer, in: &world)
    world.move(price - fee, from: address, to: seller)
  }
}

/// In a chain, a token is minted, listed and bought, listed by its buyer, and so on. Hot transactions
/// mint the next token of another collection, of which there is one at a time.
struct NFTScenario: Scenario {
  private let collection: TokenCollection
  private let drop: TokenCollection
  private let market: TokenMarket
  /// Who owns the token of a chain.
  private var owners: [Int: Int] = [:]

  private static let price: UInt256 = 1_000_000_000_000

  init(_ builder: inout WorkloadBuilder) {
    collection = TokenCollection(address: builder.deploy(.collection))
    drop = TokenCollection(address: builder.deploy(.collection))
    market = TokenMarket(address: builder.deploy(.market))
  }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    let id = UInt256(1_000_000 + place.chain)
    if place.isHot {
      mintNext(&builder)
    } else if let owner = owners[place.chain] {
      if place.link % 2 == 1 {
        list(id, by: owner, &builder)
      } else {
        owners[place.chain] = buy(id, &builder)
      }
    } else {
      owners[place.chain] = mint(id, &builder)
    }
  }

  /// Somebody who lets the market move what they own.
  private func collector(_ builder: inout WorkloadBuilder) -> Int {
    let person = builder.nextPerson()
    collection.approve(
      market.address, by: builder.address(of: person), in: &builder.world)
    return person
  }

  private func mintNext(_ builder: inout WorkloadBuilder) {
    let person = builder.nextPerson()
    let id = drop.supply(in: builder.world)
    drop.mint(id, by: builder.address(of: person), in: &builder.world)
    builder.add(
      Call(
        to: drop.address, data: CallData.of("mintNext()"), gas: 54_000...92_000, logs: 1),
      by: person)
  }

  private func mint(_ id: UInt256, _ builder: inout WorkloadBuilder) -> Int {
    let person = collector(&builder)
    collection.mint(id, by: builder.address(of: person), in: &builder.world)
    builder.add(
      Call(
        to: collection.address, data: CallData.of("mint(uint256)", id),
        gas: 54_000...92_000, logs: 1), by: person)
    return person
  }

  private func list(_ id: UInt256, by owner: Int, _ builder: inout WorkloadBuilder) {
    market.list(
      id, of: collection, for: Self.price, by: builder.address(of: owner), in: &builder.world)
    builder.add(
      Call(
        to: market.address,
        data: CallData.of(
          "list(address,uint256,uint256)", collection.address.word, id, Self.price),
        gas: 80_000...112_000, logs: 2), by: owner)
  }

  private func buy(_ id: UInt256, _ builder: inout WorkloadBuilder) -> Int {
    let person = collector(&builder)
    builder.add(
      Call(
        to: market.address,
        data: CallData.of("buy(address,uint256)", collection.address.word, id),
        value: Self.price, gas: 50_000...96_000, logs: 2), by: person)
    market.buy(id, of: collection, by: builder.address(of: person), in: &builder.world)
    return person
  }
}
