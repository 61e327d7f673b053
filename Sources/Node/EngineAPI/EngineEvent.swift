// What an operator wants to know of an execution client under a consensus client.

internal import Chain
public import Primitives
public import Storage

/// Something that the consensus client asked for, and what came of it.
public enum EngineEvent: Sendable, Hashable {
  /// A payload breaks a rule, or follows one that does.
  case refused(BlockIdentity, reason: String)
  /// A head was named that is not here, or whose ancestors are not.
  case unknownHead(Hash256)
  /// A head was named that is here, after others that were not.
  case caughtUp(BlockIdentity)
  /// The chain went over to another branch: it left so many blocks and took up so many.
  case reorganised(to: BlockIdentity, dropped: Int, added: Int)
  /// The chain went back so many blocks.
  case wentBack(to: BlockIdentity, dropped: Int)
  /// The head was to go back behind the block that is final, and stays.
  case keptFinal(asked: BlockIdentity)
  /// The head was to go further back, or to a branch that begins further back, than branches are remembered.
  case tooDeep(Hash256)
  /// Something could not be done for the consensus client.
  case failed(method: String, reason: String)
  /// Safe and final will not be known after a restart.
  case finalityNotKept(reason: String)

  /// Writes a line about it.
  public func write(to log: NodeLog) {
    switch self {
    case .refused(let block, let reason):
      log.warn(
        "Payload refused",
        ["number": .init(block.number), "hash": .init(block.hash), "reason": .init(reason)])
    case .unknownHead(let hash):
      log.warn(
        "The consensus client names a head that is not here; it must send the blocks up to it",
        ["hash": .init(hash)])
    case .caughtUp(let block):
      log.info(
        "The head that is named is here again",
        ["number": .init(block.number), "hash": .init(block.hash)])
    case .reorganised(let block, let dropped, let added):
      log.warn(
        "Chain reorganised",
        [
          "number": .init(block.number), "hash": .init(block.hash), "drop": .init(dropped),
          "add": .init(added),
        ])
    case .wentBack(let block, let dropped):
      log.warn(
        "Chain went back",
        ["number": .init(block.number), "hash": .init(block.hash), "drop": .init(dropped)])
    case .keptFinal(let block):
      log.warn(
        "Head stays: the one that is named lies behind the final block",
        ["number": .init(block.number), "hash": .init(block.hash)])
    case .tooDeep(let hash):
      log.warn(
        "Head stays: the one that is named asks to go back too far", ["hash": .init(hash)])
    case .failed(let method, let reason):
      log.error(
        "The consensus client could not be served",
        ["method": .init(method), "reason": .init(reason)])
    case .finalityNotKept(let reason):
      log.warn(
        "The safe and the final block will not be known after a restart",
        ["reason": .init(reason)])
    }
  }
}
