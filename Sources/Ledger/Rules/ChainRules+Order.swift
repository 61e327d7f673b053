// Whether forks come in their order.

/// A schedule of forks in which one comes before another that it builds on.
public struct ForkOrderError: Error, Sendable, Hashable {
  /// What is wrong with the earlier fork.
  public enum Problem: Sendable, Hashable {
    /// It never begins.
    case absent
    /// It begins after the later one.
    case late
  }

  /// The fork that must have begun.
  public var earlier: Fork
  /// The fork that builds on it.
  public var later: Fork
  /// What is wrong.
  public var problem: Problem

  /// An error of two forks.
  public init(earlier: Fork, later: Fork, problem: Problem) {
    self.earlier = earlier
    self.later = later
    self.problem = problem
  }
}

extension ForkOrderError: CustomStringConvertible {
  /// What is wrong, for people.
  public var description: String {
    switch problem {
    case .absent: "\(later.name) begins but \(earlier.name), which it builds on, never does"
    case .late: "\(later.name) begins before \(earlier.name)"
    }
  }
}

extension ChainRules {
  /// Forks that a chain may leave out: they delay the difficulty bomb, or mark the end of the proof of
  /// work, which total difficulty decides.
  private static let dispensable: Set<Fork> = [.muirGlacier, .arrowGlacier, .grayGlacier, .paris]

  /// Throws unless every fork that begins comes at or after the one before it, and none is left out
  /// that later ones build on.
  ///
  /// Rules that hold from the first block on need no schedule and do not pass.
  public func checkForkOrder() throws(ForkOrderError) {
    var latest: (fork: Fork, activation: Activation?) = (.frontier, .block(0))
    for fork in Fork.allCases where fork > .frontier {
      let activation = activations[fork]
      if activation == nil && Self.dispensable.contains(fork) { continue }
      if let activation {
        guard let before = latest.activation else {
          throw ForkOrderError(earlier: latest.fork, later: fork, problem: .absent)
        }
        guard before.comesBy(activation) else {
          throw ForkOrderError(earlier: latest.fork, later: fork, problem: .late)
        }
      }
      // A gap stays one for all that follow.
      if latest.activation != nil { latest = (fork, activation) }
    }
  }
}

extension ChainRules.Activation {
  /// Whether what begins here has begun when `later` comes: blocks count before timestamps.
  fileprivate func comesBy(_ later: ChainRules.Activation) -> Bool {
    switch (self, later) {
    case (.block(let first), .block(let second)): first <= second
    case (.timestamp(let first), .timestamp(let second)): first <= second
    case (.block, .timestamp): true
    case (.timestamp, .block): false
    }
  }
}
