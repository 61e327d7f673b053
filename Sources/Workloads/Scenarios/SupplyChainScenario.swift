// Medicine from its maker to the pharmacy.

internal import Primitives

/// Packs, batches and licensed companies, as Contracts/Medicine.vy keeps them.
struct MedicineRegister {
  /// Where its contract is.
  let address: Address

  /// What a company may do.
  enum License: UInt64 {
    case maker = 1
    case distributor, pharmacy, inspector
  }

  private func license(of company: Address) -> StorageKey { address.slot(0)[company] }
  /// Where a pack begins. Its members: batch, holder, inspections.
  private func pack(_ id: UInt256) -> StorageKey { address.slot(1)[id] }
  private func maker(of batch: UInt256) -> StorageKey { address.slot(2)[batch] }
  private func isRecalled(_ batch: UInt256) -> StorageKey { address.slot(3)[batch] }
  private func stock(of company: Address) -> StorageKey { address.slot(4)[company] }
  private var registered: StorageKey { address.slot(5) }

  /// Licenses a company from the beginning, unless it has a license.
  func place(_ company: Address, _ license: License, in world: inout World) {
    guard world[self.license(of: company)].isZero else { return }
    world.place(UInt256(license.rawValue), at: self.license(of: company))
  }

  /// A pack that is inspected and with its maker from the beginning.
  func place(
    pack id: UInt256, batch: UInt256, with maker: Address, in world: inout World
  ) {
    world.place(maker.word, at: self.maker(of: batch))
    world.place(batch, at: pack(id))
    world.place(maker.word, at: pack(id).member(1))
    world.place(1, at: pack(id).member(2))
    world.endow(stock(of: maker), with: 1)
    world.endow(registered, with: 1)
  }

  private func has(_ license: License, _ company: Address, _ world: World) -> Bool {
    world[self.license(of: company)] == UInt256(license.rawValue)
  }

  // Each of these answers whether the contract allows it; where it does not, nothing happens.

  func register(
    _ id: UInt256, batch: UInt256, by maker: Address, in world: inout World
  ) -> Bool {
    guard has(.maker, maker, world) else { return false }
    world[self.maker(of: batch)] = maker.word
    world[pack(id)] = batch
    world[pack(id).member(1)] = maker.word
    world[stock(of: maker)] += 1
    world[registered] += 1
    return true
  }

  func handOver(
    _ id: UInt256, from giver: Address, to receiver: Address, in world: inout World
  ) -> Bool {
    let received = world[license(of: receiver)]
    guard world[pack(id).member(1)] == giver.word,
      world[isRecalled(world[pack(id)])].isZero, !world[pack(id).member(2)].isZero,
      received >= world[license(of: giver)], received <= UInt256(License.pharmacy.rawValue)
    else { return false }
    world[pack(id).member(1)] = receiver.word
    world[stock(of: giver)] -= 1
    world[stock(of: receiver)] += 1
    return true
  }

  func inspect(_ id: UInt256, by inspector: Address, in world: inout World) -> Bool {
    guard has(.inspector, inspector, world), !world[pack(id)].isZero else { return false }
    world[pack(id).member(2)] += 1
    return true
  }

  func recall(_ batch: UInt256, by maker: Address, in world: inout World) -> Bool {
    guard world[self.maker(of: batch)] == maker.word else { return false }
    world[isRecalled(batch)] = 1
    return true
  }

  func dispense(_ id: UInt256, by pharmacy: Address, in world: inout World) -> Bool {
    guard world[pack(id).member(1)] == pharmacy.word, has(.pharmacy, pharmacy, world),
      world[isRecalled(world[pack(id)])].isZero
    else { return false }
    world[pack(id).member(1)] = .zero
    world[stock(of: pharmacy)] -= 1
    return true
  }
}

/// In a chain, a pack is registered, inspected, handed to a distributor, inspected, handed to a
/// pharmacy and dispensed; then the next one. Every eighth chain is recalled after its inspection, and
/// what follows fails. Hot transactions hand packs to one distributor.
struct SupplyChainScenario: Scenario {
  private let register: MedicineRegister
  private let hub: Address
  /// Who sees to the packs of a chain.
  private var companies: [Int: [MedicineRegister.License: Int]] = [:]

  private static let steps = 6
  private static let temperature: UInt256 = 45

  init(_ builder: inout WorkloadBuilder) {
    register = MedicineRegister(address: builder.deploy(.medicine))
    hub = builder.stranger()
    register.place(hub, .distributor, in: &builder.world)
  }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    if place.isHot {
      let maker = company(.maker, &builder)
      let pack = UInt256(1 + place.link) &<< 64
      register.place(
        pack: pack, batch: pack, with: builder.address(of: maker), in: &builder.world)
      handOver(pack, from: maker, to: hub, &builder)
      return
    }
    let chain = place.chain
    let (round, step) = place.link.quotientAndRemainder(dividingBy: Self.steps)
    let pack = UInt256(l0: UInt64(place.chain + 1), l1: 0, l2: UInt64(round), l3: 0)
    switch (step, place.chain % 8 == 7) {
    case (0, _): register(pack, by: company(.maker, of: chain, &builder), &builder)
    case (1, _), (3, false), (4, true):
      inspect(pack, by: company(.inspector, of: chain, &builder), &builder)
    case (2, true): recall(pack, by: company(.maker, of: chain, &builder), &builder)
    case (2, false), (3, true), (5, true):
      let distributor = company(.distributor, of: chain, &builder)
      handOver(
        pack, from: company(.maker, of: chain, &builder), to: builder.address(of: distributor),
        &builder)
    case (4, false):
      let pharmacy = company(.pharmacy, of: chain, &builder)
      handOver(
        pack, from: company(.distributor, of: chain, &builder),
        to: builder.address(of: pharmacy), &builder)
    default: dispense(pack, by: company(.pharmacy, of: chain, &builder), &builder)
    }
  }

  private func company(
    _ license: MedicineRegister.License, _ builder: inout WorkloadBuilder
  ) -> Int {
    let person = builder.nextPerson()
    register.place(builder.address(of: person), license, in: &builder.world)
    return person
  }

  /// The company with this license in a chain.
  private mutating func company(
    _ license: MedicineRegister.License, of chain: Int, _ builder: inout WorkloadBuilder
  ) -> Int {
    if let known = companies[chain]?[license] { return known }
    let new = company(license, &builder)
    companies[chain, default: [:]][license] = new
    return new
  }
}

// One pack is a batch of its own.
extension SupplyChainScenario {
  private func register(_ pack: UInt256, by maker: Int, _ builder: inout WorkloadBuilder) {
    let isDone = register.register(
      pack, batch: pack, by: builder.address(of: maker), in: &builder.world)
    let data = CallData.of("register(uint256,uint256)", pack, pack)
    add(data, gas: 100_000...140_000, by: maker, succeeds: isDone, &builder)
  }

  private func inspect(_ pack: UInt256, by inspector: Int, _ builder: inout WorkloadBuilder) {
    let isDone = register.inspect(
      pack, by: builder.address(of: inspector), in: &builder.world)
    let data = CallData.of("inspect(uint256,uint256)", pack, Self.temperature)
    add(data, gas: 31_000...52_000, by: inspector, succeeds: isDone, &builder)
  }

  private func recall(_ pack: UInt256, by maker: Int, _ builder: inout WorkloadBuilder) {
    let isDone = register.recall(pack, by: builder.address(of: maker), in: &builder.world)
    let data = CallData.of("recall(uint256)", pack)
    add(data, gas: 45_000...49_000, by: maker, succeeds: isDone, &builder)
  }

  private func handOver(
    _ pack: UInt256, from giver: Int, to receiver: Address, _ builder: inout WorkloadBuilder
  ) {
    let isDone = register.handOver(
      pack, from: builder.address(of: giver), to: receiver, in: &builder.world)
    let data = CallData.of("handOver(uint256,address)", pack, receiver.word)
    add(data, gas: 33_000...70_000, by: giver, succeeds: isDone, &builder)
  }

  private func dispense(_ pack: UInt256, by pharmacy: Int, _ builder: inout WorkloadBuilder) {
    let isDone = register.dispense(
      pack, by: builder.address(of: pharmacy), in: &builder.world)
    let data = CallData.of("dispense(uint256)", pack)
    add(data, gas: 30_000...37_000, by: pharmacy, succeeds: isDone, &builder)
  }

  private func add(
    _ data: [UInt8], gas: ClosedRange<UInt64>, by person: Int, succeeds: Bool,
    _ builder: inout WorkloadBuilder
  ) {
    builder.add(
      Call(to: register.address, data: data, gas: gas, logs: 1), by: person, succeeds: succeeds)
  }
}
