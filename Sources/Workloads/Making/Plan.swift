// Which transaction of a block belongs to which chain.

internal import Samples

/// A transaction's place among the others: the step that it takes in the life of one thing, such as
/// a pool or a pack of medicine.
struct Place: Equatable {
  /// The thing, counted from zero.
  let chain: Int
  /// How many steps of that chain come before.
  let link: Int
  /// Whether it goes to what all want instead. Such places belong to no chain and are counted by
  /// `link`.
  let isHot: Bool
}

/// The places of a block.
struct Plan {
  /// One for each transaction, in order.
  let places: [Place]
  /// How many chains there are.
  let chainCount: Int
  /// How many places are hot.
  let hotCount: Int
  /// How many steps the longest chain has.
  let longestChain: Int
  /// Whether chains are to have more than one step.
  let isChained: Bool

  /// A plan for `count` transactions, of which about `hotRatio` are hot, and the rest form chains of
  /// `chainLength`. The steps of a chain stand `distance` apart, not counting hot ones between them,
  /// or as far as the block allows.
  init(
    count: Int, hotRatio: Double, chainLength: Int, distance: Int?,
    random: inout SeededGenerator
  ) {
    let resolution = 1 << 30
    let threshold = Int(hotRatio * Double(resolution))
    let isHot = (0..<count).map { _ in random.below(resolution) < threshold }
    let coldCount = isHot.count { !$0 }
    let chains = (coldCount + chainLength - 1) / chainLength
    let width = max(1, min(distance ?? chains, chains))
    var places: [Place] = []
    places.reserveCapacity(count)
    var (cold, hot) = (0, 0)
    for isHot in isHot {
      if isHot {
        places.append(Place(chain: 0, link: hot, isHot: true))
        hot += 1
      } else {
        // Chains side by side, `width` at a time.
        let (group, position) = cold.quotientAndRemainder(dividingBy: width * chainLength)
        places.append(
          Place(chain: group * width + position % width, link: position / width, isHot: false))
        cold += 1
      }
    }
    self.places = places
    chainCount = (places.lazy.filter { !$0.isHot }.map(\.chain).max() ?? -1) + 1
    hotCount = hot
    longestChain = (places.lazy.filter { !$0.isHot }.map(\.link).max() ?? -1) + 1
    isChained = chainLength > 1
  }
}
