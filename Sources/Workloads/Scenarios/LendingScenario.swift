// Loans against collateral.

internal import Primitives

/// A lending market, as Contracts/Lending.vy keeps it.
struct LendingMarket {
  /// Where its contract is.
  let address: Address
  /// What secures debts.
  let collateral: Token
  /// What is lent.
  let debt: Token

  private static let unit: UInt256 = 1_000_000_000_000_000_000
  private static let interestPerSecond: UInt256 = 1_000_000_000
  /// Seconds since interest was last added.
  private static let idleTime: UInt64 = 12

  private var price: StorageKey { address.slot(2) }
  private var index: StorageKey { address.slot(3) }
  private var updated: StorageKey { address.slot(4) }
  private var totalCollateral: StorageKey { address.slot(5) }
  private var totalShares: StorageKey { address.slot(6) }
  private func collateral(of owner: Address) -> StorageKey { address.slot(7)[owner] }
  private func shares(of borrower: Address) -> StorageKey { address.slot(8)[borrower] }

  init(_ builder: inout WorkloadBuilder) {
    address = builder.deploy(.lending)
    collateral = Token(address: builder.deploy(.token))
    debt = Token(address: builder.deploy(.token))
    builder.world.place(collateral.address.word, at: address.slot(0))
    builder.world.place(debt.address.word, at: address.slot(1))
    builder.world.place(2 * Self.unit, at: price)
    builder.world.place(Self.unit, at: index)
    builder.world.place(UInt256(WorkloadBuilder.timestamp - Self.idleTime), at: updated)
    debt.endow(address, with: 1_000_000_000 * Self.unit, in: &builder.world)
  }

  /// Lets somebody have a position from the beginning: collateral, and shares in debt.
  func place(
    _ owner: Address, collateral amount: UInt256, shares: UInt256, in world: inout World
  ) {
    world.endow(collateral(of: owner), with: amount)
    world.endow(totalCollateral, with: amount)
    collateral.endow(address, with: amount, in: &world)
    world.endow(self.shares(of: owner), with: shares)
    world.endow(totalShares, with: shares)
  }

  /// What a share is worth now.
  private func currentIndex(_ world: World) -> UInt256 {
    let elapsed = UInt256(WorkloadBuilder.timestamp) - world[updated]
    return world[index] + world[index] * Self.interestPerSecond * elapsed / Self.unit
  }

  private func accrue(_ world: inout World) -> UInt256 {
    world[index] = currentIndex(world)
    world[updated] = UInt256(WorkloadBuilder.timestamp)
    return world[index]
  }

  func deposit(_ amount: UInt256, by owner: Address, in world: inout World) {
    world[collateral(of: owner)] += amount
    world[totalCollateral] += amount
    collateral.transfer(amount, from: owner, to: address, by: address, in: &world)
  }

  /// The borrower has collateral enough.
  func borrow(_ amount: UInt256, by borrower: Address, in world: inout World) {
    let index = accrue(&world)
    let shares = (amount * Self.unit + index - 1) / index
    world[self.shares(of: borrower)] += shares
    world[totalShares] += shares
    debt.transfer(amount, from: address, to: borrower, in: &world)
  }

  /// The borrower owes as much.
  func repay(_ amount: UInt256, for borrower: Address, by payer: Address, in world: inout World) {
    let shares = amount * Self.unit / accrue(&world)
    world[self.shares(of: borrower)] -= shares
    world[totalShares] -= shares
    debt.transfer(amount, from: payer, to: address, by: address, in: &world)
  }

  /// False, and nothing happens, where the borrower owes less than double.
  func liquidate(
    _ borrower: Address, _ amount: UInt256, by liquidator: Address, in world: inout World
  ) -> Bool {
    let shares = amount * Self.unit / currentIndex(world)
    guard shares * 2 <= world[self.shares(of: borrower)] else { return false }
    _ = accrue(&world)
    let seized = amount * Self.unit / world[price] * 105 / 100
    world[self.shares(of: borrower)] -= shares
    world[totalShares] -= shares
    world[collateral(of: borrower)] -= seized
    world[totalCollateral] -= seized
    debt.transfer(amount, from: liquidator, to: address, by: address, in: &world)
    collateral.transfer(seized, from: address, to: liquidator, in: &world)
    return true
  }
}

/// In a chain, somebody deposits, borrows and repays, again and again. In every eighth chain, others
/// liquidate a position that is under water. Hot transactions repay the debt of one whale.
struct LendingScenario: Scenario {
  private let market: LendingMarket
  private let whale: Address
  private let unit = Workload.ether
  /// Who owns the position of a chain.
  private var owners: [Int: Int] = [:]
  private var sunken: [Int: Address] = [:]

  init(_ plan: Plan, _ builder: inout WorkloadBuilder) {
    market = LendingMarket(&builder)
    whale = builder.stranger()
    let debt = UInt256(plan.hotCount + 1) * unit
    market.place(whale, collateral: 2 * debt, shares: debt, in: &builder.world)
  }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    if place.isHot {
      repay(unit, for: whale, by: builder.nextPerson(), &builder)
    } else if place.chain % 8 == 7 {
      liquidate(place.chain, &builder)
    } else {
      let owner = owners[place.chain] ?? builder.nextPerson()
      owners[place.chain] = owner
      switch place.link % 3 {
      case 0: deposit(by: owner, &builder)
      case 1: borrow(by: owner, &builder)
      default:
        repay(unit / 2, for: builder.address(of: owner), by: owner, &builder)
      }
    }
  }

  private func deposit(by owner: Int, _ builder: inout WorkloadBuilder) {
    let address = builder.address(of: owner)
    market.collateral.endow(address, with: 2 * unit, in: &builder.world)
    market.collateral.approve(market.address, by: address, 2 * unit, in: &builder.world)
    market.deposit(unit, by: address, in: &builder.world)
    builder.add(
      Call(
        to: market.address, data: CallData.of("deposit(uint256)", unit),
        gas: 54_000...75_000, logs: 2), by: owner)
  }

  private func borrow(by owner: Int, _ builder: inout WorkloadBuilder) {
    market.borrow(unit, by: builder.address(of: owner), in: &builder.world)
    builder.add(
      Call(
        to: market.address, data: CallData.of("borrow(uint256)", unit),
        gas: 57_000...103_000, logs: 2), by: owner)
  }

  private func repay(
    _ amount: UInt256, for borrower: Address, by payer: Int, _ builder: inout WorkloadBuilder
  ) {
    let address = builder.address(of: payer)
    market.debt.endow(address, with: amount, in: &builder.world)
    market.debt.approve(market.address, by: address, amount + 1, in: &builder.world)
    market.repay(amount, for: borrower, by: address, in: &builder.world)
    builder.add(
      Call(
        to: market.address,
        data: CallData.of("repay(address,uint256)", borrower.word, amount),
        gas: 50_000...70_000, logs: 2), by: payer)
  }

  private mutating func liquidate(_ chain: Int, _ builder: inout WorkloadBuilder) {
    let borrower = sunken[chain] ?? builder.stranger()
    if sunken[chain] == nil {
      // At a price of 2, collateral is worth 110 % of the debt.
      market.place(borrower, collateral: 55 * unit, shares: 100 * unit, in: &builder.world)
      sunken[chain] = borrower
    }
    let person = builder.nextPerson()
    let liquidator = builder.address(of: person)
    market.debt.endow(liquidator, with: 2 * unit, in: &builder.world)
    market.debt.approve(market.address, by: liquidator, 2 * unit, in: &builder.world)
    let isDone = market.liquidate(borrower, unit, by: liquidator, in: &builder.world)
    builder.add(
      Call(
        to: market.address,
        data: CallData.of("liquidate(address,uint256)", borrower.word, unit),
        gas: 88_000...118_000, logs: 3), by: person, succeeds: isDone)
  }
}
