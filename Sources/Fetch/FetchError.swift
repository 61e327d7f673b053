// Why a block could not be fetched.

public import Fixtures
public import JSON
public import Primitives

/// Why a block could not be fetched.
public enum FetchError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with a block that the node gives.
  public enum BlockProblem: Equatable, Sendable {
    /// The node does not have it.
    case notFound
    /// It is not yet part of the chain.
    case pending
    /// It is the first of its chain: it has no state before it and executes nothing.
    case genesis
    /// The node gives another one.
    case other(UInt64)
    /// The node traces another number of transactions than the block has.
    case traceCount(expected: Int, found: Int)
    /// The trace at this index is of another transaction.
    case traceOfOther(Int)
    /// The node could not trace the transaction at this index.
    case traceFailed(Int, String)
    /// Its header fits no fork.
    case noFork
    /// The price of its blobs depends on parameters that nobody tells, and those of its fork do not
    /// make it equal.
    case noBlobParameters
    /// The node tells a price of its blobs, in wei, that follows from no parameters.
    case strangeBlobPrice(UInt256)
    /// Executing it needs more memory than the machine may take.
    case memoryLimit
    /// Executing it asks for more accounts and slots than allowed.
    case tooManyQuestions(limit: Int)
  }

  /// A method of the node failed.
  case call(RPCError)
  /// The node is on the chain `found`, and the genesis file of another.
  case otherChain(expected: UInt64, found: UInt64)
  /// The node has no tracer.
  case noTracer(RPCError)
  /// An answer of the node lacks something or holds something else than it must.
  case answer(JSONError)
  /// Something is wrong with the block of this number.
  case block(UInt64, BlockProblem)
  /// A folder that is already there holds something else.
  case folder(String, String)
  /// A folder that is already there cannot be read.
  case recorded(FixtureError)
  /// A file or a folder cannot be written; the reason in the system's words.
  case cannotWrite(String, String)

  /// Whether fetching other blocks is likely to fail too.
  var endsRun: Bool {
    switch self {
    case .call(let error): error.concernsNode
    case .otherChain, .noTracer, .cannotWrite: true
    case .answer, .block, .folder, .recorded: false
    }
  }

  /// One line, or a few where there is something to do about it.
  public var description: String {
    switch self {
    case .call(let error): return error.description
    case .noTracer(let error):
      return """
        \(error)
          The node must offer debug_traceBlockByNumber with the prestateTracer and have the state before
          the block: a node of your own with its debug API on (geth: --http.api eth,debug; reth:
          --http.api eth,debug; Erigon: --http.api eth,debug), an archive node for old blocks, or a
          provider whose plan includes debug methods. --without-tracer does with eth methods alone, one
          question for each account and slot.
        """
    case .otherChain(let expected, let found):
      return "the node is on chain \(found), but the genesis file is that of chain \(expected)"
    case .answer(let error): return error.description.printable
    case .block(let number, let problem): return "block \(number): \(Self.words(problem))"
    case .folder(let path, let reason): return "\(path): \(reason)".printable
    case .recorded(let error):
      return "\("\(error)".printable); remove the folder to have it fetched anew"
    case .cannotWrite(let path, let reason): return "cannot write \(path): \(reason)".printable
    }
  }

  private static func words(_ problem: BlockProblem) -> String {
    switch problem {
    case .notFound: "the node does not have it"
    case .pending: "is not yet part of the chain"
    case .genesis: "is the first of the chain: there is nothing to execute"
    case .other(let number): "the node answers with block \(number)"
    case .traceCount(let expected, let found):
      "has \(expected) transactions, but the node traces \(found)"
    case .traceOfOther(let index): "trace \(index) is of another transaction"
    case .traceFailed(let index, let reason):
      "the node could not trace transaction \(index): "
        + reason.printable(upTo: RPCError.shownWords)
    case .noFork: "the fields of its header fit no fork that is known; see --fork"
    case .noBlobParameters:
      "the price of its blobs depends on parameters of the chain that the node tells by neither "
        + "eth_config nor eth_feeHistory; give the chain's genesis file with --genesis"
    case .strangeBlobPrice(let price):
      "the node says that blob gas costs \(price.decimal) wei, which no parameters make of its excess; "
        + "give the chain's genesis file with --genesis"
    case .memoryLimit: "needs more EVM memory than it may take"
    case .tooManyQuestions(let limit): "asks for more than \(limit) accounts and slots"
    }
  }
}
