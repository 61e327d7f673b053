// Items, trades and moves of a game.

internal import Primitives
internal import Samples

/// A game, as Contracts/Game.vy keeps it.
struct Game {
  /// Where its contract is.
  let address: Address

  /// What a player can own besides items.
  static let (gold, wood, ore): (UInt256, UInt256, UInt256) = (0, 1, 2)
  /// Tiles in a row of the map.
  static let size: UInt256 = 65_536

  func balance(of player: Address, _ kind: UInt256) -> StorageKey { address.slot(0)[player][kind] }
  func bid(of player: Address, _ item: UInt256) -> StorageKey { address.slot(1)[player][item] }
  func tile(of player: Address) -> StorageKey { address.slot(2)[player] }
  func visitors(on tile: UInt256) -> StorageKey { address.slot(3)[tile] }

  /// Sets a player who stands nowhere on a tile, from the beginning.
  func place(_ player: Address, on tile: UInt256, in world: inout World) {
    guard world[self.tile(of: player)].isZero else { return }
    world.place(tile, at: self.tile(of: player))
    world.endow(visitors(on: tile), with: 1)
  }

  func craft(_ item: UInt256, by player: Address, in world: inout World) {
    world[balance(of: player, Self.wood)] -= item
    world[balance(of: player, Self.ore)] -= item * 2
    world[balance(of: player, item)] += 1
    world[address.slot(4)[item]] += 1
  }

  func trade(_ item: UInt256, from seller: Address, to buyer: Address, in world: inout World) {
    let price = world[bid(of: buyer, item)]
    world[balance(of: seller, item)] -= 1
    world[balance(of: buyer, item)] += 1
    world[balance(of: buyer, Self.gold)] -= price
    world[balance(of: seller, Self.gold)] += price
  }

  /// False, and nobody moves, where that is farther than the next tile.
  func move(_ player: Address, to tile: UInt256, in world: inout World) -> Bool {
    let here = world[self.tile(of: player)]
    let distances = [
      Self.distance(here / Self.size, tile / Self.size),
      Self.distance(here % Self.size, tile % Self.size),
    ]
    guard distances.allSatisfy({ $0 <= 1 }) else { return false }
    world[self.tile(of: player)] = tile
    world[visitors(on: here)] -= 1
    world[visitors(on: tile)] += 1
    return true
  }

  private static func distance(_ a: UInt256, _ b: UInt256) -> UInt256 { a > b ? a - b : b - a }
}

/// In a chain, a player crafts an item, trades it and moves on. Hot transactions move to the square
/// in the middle of the map.
struct GameScenario: Scenario {
  private let game: Game
  private var players: [Int: Int] = [:]

  private static let firstItem = 16
  private static let kinds = 64
  private static let price: UInt256 = 25
  /// Column and row of the square.
  private static let square: UInt256 = 100

  init(_ builder: inout WorkloadBuilder) { game = Game(address: builder.deploy(.game)) }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    if place.isHot {
      let player = builder.nextPerson()
      let start = (Self.square - 1) * Game.size + Self.square
      game.place(builder.address(of: player), on: start, in: &builder.world)
      move(player, to: Self.square * Game.size + Self.square, &builder)
      return
    }
    let player = players[place.chain] ?? builder.nextPerson()
    players[place.chain] = player
    let item = UInt256(Self.firstItem + place.chain % Self.kinds)
    switch place.link % 3 {
    case 0: craft(item, by: player, &builder)
    case 1: trade(item, by: player, &builder)
    default:
      let address = builder.address(of: player)
      let (x, y) = (1000 + builder.random.below(1000), 1000 + builder.random.below(1000))
      game.place(address, on: UInt256(x) * Game.size + UInt256(y), in: &builder.world)
      let here = builder.world[game.tile(of: address)]
      move(player, to: here + 1, &builder)
    }
  }

  private func craft(_ item: UInt256, by player: Int, _ builder: inout WorkloadBuilder) {
    let address = builder.address(of: player)
    // One more than is needed, so that nothing becomes zero.
    for (kind, amount) in [(Game.wood, item), (Game.ore, item * 2)] {
      builder.world.endow(game.balance(of: address, kind), with: amount + 1)
    }
    game.craft(item, by: address, in: &builder.world)
    builder.add(
      Call(
        to: game.address, data: CallData.of("craft(uint256)", item), gas: 42_000...80_000,
        logs: 1), by: player)
  }

  private func trade(_ item: UInt256, by player: Int, _ builder: inout WorkloadBuilder) {
    let seller = builder.address(of: player)
    let buyer = builder.stranger()
    builder.world.place(Self.price, at: game.bid(of: buyer, item))
    builder.world.endow(game.balance(of: buyer, Game.gold), with: Self.price + 1)
    game.trade(item, from: seller, to: buyer, in: &builder.world)
    builder.add(
      Call(
        to: game.address, data: CallData.of("trade(address,uint256)", buyer.word, item),
        gas: 42_000...80_000, logs: 1), by: player)
  }

  private func move(_ player: Int, to tile: UInt256, _ builder: inout WorkloadBuilder) {
    let hasMoved = game.move(builder.address(of: player), to: tile, in: &builder.world)
    let (x, y) = (tile / Game.size, tile % Game.size)
    builder.add(
      Call(
        to: game.address, data: CallData.of("move(uint256,uint256)", x, y),
        gas: 27_000...58_000, logs: 1), by: player, succeeds: hasMoved)
  }
}
