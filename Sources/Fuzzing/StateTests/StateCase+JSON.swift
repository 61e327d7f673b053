// Cases in the format of the published state tests, for the reference to answer.

internal import JSON
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// Files of state tests whose expected outcome is not yet filled in.
public enum StateTestFiles {
  /// The text of file `index` of those that `seed` gives: `count` tests of one transaction each.
  ///
  /// `post` names for each fork the cases by their indexes; the reference adds `hash`, `logs` and,
  /// where it refuses the transaction, `expectException`.
  public static func text(seed: UInt64, index: UInt64, count: Int) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      for test in 0..<count {
        let round = index * UInt64(count) + UInt64(test)
        var generator = SeededGenerator(seed: seed, target: "state-tests", round: round)
        writer.key("seed \(seed) round \(round)")
        StateCase(&generator).write(to: &writer)
      }
    }
    return writer.text
  }
}

extension StateCase {
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writeEnvironment(to: &writer)
      writer.key("config")
      writer.object { $0.member("chainid", quantity(Self.chainID)) }
      writer.key("pre")
      writer.object { writer in
        for account in accounts { account.write(to: &writer) }
      }
      writer.key("transaction")
      writer.object { writeTransaction(to: &$0) }
      writer.key("post")
      writer.object { writer in
        for fork in forks { writePost(of: fork, to: &writer) }
      }
    }
  }

  private func writeEnvironment(to writer: inout JSONWriter) {
    writer.key("env")
    writer.object { writer in
      writer.member("currentCoinbase", coinbase.hex)
      writer.member("currentNumber", quantity(number))
      writer.member("currentTimestamp", quantity(timestamp))
      writer.member("currentGasLimit", quantity(blockGasLimit))
      writer.member("currentDifficulty", difficulty.hex)
      writer.member("currentRandom", Hash256(prevRandao).hex)
      writer.member("currentBaseFee", baseFee.hex)
      writer.member("currentExcessBlobGas", quantity(excessBlobGas))
    }
  }

  private func writeTransaction(to writer: inout JSONWriter) {
    writer.member("sender", sender.hex)
    writer.member("nonce", quantity(transaction.nonce))
    writer.member("to", transaction.to?.hex ?? "")
    writer.list("data", [Hex.encode(transaction.data)])
    writer.list("gasLimit", gasLimits.map { quantity($0) })
    writer.list("value", [transaction.value.hex])
    if transaction.kind.hasDynamicFee {
      writer.member("maxFeePerGas", transaction.maxFeePerGas.hex)
      writer.member("maxPriorityFeePerGas", transaction.maxPriorityFeePerGas.hex)
    } else {
      writer.member("gasPrice", transaction.gasPrice.hex)
    }
    if transaction.kind == .legacy { return }
    writer.key("accessLists")
    writer.array { $0.accessList(transaction.accessList) }
    if transaction.kind == .blob {
      writer.member("maxFeePerBlobGas", transaction.maxFeePerBlobGas.hex)
      writer.list("blobVersionedHashes", transaction.blobVersionedHashes.map(\.hex))
    }
    if transaction.kind == .setCode {
      writer.key("authorizationList")
      writer.array { writer in
        for authorization in transaction.authorizations { authorization.write(to: &writer) }
      }
    }
  }

  private func writePost(of fork: Fork, to writer: inout JSONWriter) {
    writer.key(fork.name.replacing(" ", with: ""))
    writer.array { writer in
      for index in gasLimits.indices {
        writer.object { writer in
          writer.key("indexes")
          writer.object { writer in
            writer.member("data", 0)
            writer.member("gas", index)
            writer.member("value", 0)
          }
        }
      }
    }
  }
}

extension AccountAllocation {
  /// Writes the account as a member of an object of accounts.
  func write(to writer: inout JSONWriter) {
    writer.key(address.hex)
    writer.object { writer in
      writer.member("nonce", quantity(nonce))
      writer.member("balance", balance.hex)
      writer.member("code", Hex.encode(code))
      writer.key("storage")
      writer.object { writer in
        for (slot, word) in storage.sorted(by: { $0.key < $1.key }) {
          writer.member(slot.hex, word.hex)
        }
      }
    }
  }
}

extension Authorization {
  /// Writes an object.
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("chainId", chainID.hex)
      writer.member("address", address.hex)
      writer.member("nonce", quantity(nonce))
      writer.member("v", quantity(UInt64(signature.yParity)))
      writer.member("r", signature.r.hex)
      writer.member("s", signature.s.hex)
    }
  }
}

extension JSONWriter {
  /// Writes the access list of a transaction.
  mutating func accessList(_ entries: [AccessListEntry]) {
    array { writer in
      for entry in entries {
        writer.object { writer in
          writer.member("address", entry.address.hex)
          writer.list("storageKeys", entry.slots.map { Hash256($0).hex })
        }
      }
    }
  }

  /// Writes a member with an array of strings.
  mutating func list(_ name: String, _ strings: [String]) {
    key(name)
    array { writer in
      for string in strings { writer.value(string) }
    }
  }
}

/// A number as `0x` and its digits.
func quantity(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
