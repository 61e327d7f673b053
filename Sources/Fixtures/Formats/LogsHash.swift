// The hash by which the suites compare events.

internal import Crypto
internal import Ledger
internal import Primitives

/// Keccak-256 of the RLP of the list of `logs`.
func logsHash(_ logs: [Log]) -> Hash256 {
  var encoder = RLPEncoder()
  encoder.list { list in
    for log in logs {
      list.list { fields in
        fields.encode(log.address)
        fields.list { topics in
          for topic in log.topics { topics.encode(topic) }
        }
        fields.encode(log.data)
      }
    }
  }
  return Keccak256.hash(encoder.bytes)
}
