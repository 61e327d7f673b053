// Vectors of the KZG library: one call a file.

internal import Crypto
internal import JSON
internal import Primitives

/// Runs `{input, output}`; the path tells the function. An output of null means that the input must be
/// refused as malformed.
final class KZGVectorRunner: FormatRunner {
  /// A function of the library, named as in the consensus specifications; where a name begins another,
  /// the longer stands first.
  enum Function: String, CaseIterable {
    case verifyCellProofBatch = "verify_cell_kzg_proof_batch"
    case verifyBlobProofBatch = "verify_blob_kzg_proof_batch"
    case verifyBlobProof = "verify_blob_kzg_proof"
    case verifyProof = "verify_kzg_proof"
    case blobToCommitment = "blob_to_kzg_commitment"
    case computeBlobProof = "compute_blob_kzg_proof"
    case computeProof = "compute_kzg_proof"
    case computeCellsAndProofs = "compute_cells_and_kzg_proofs"
    case computeCells = "compute_cells"
  }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(nil), selection.includes(file.stem, path: file.path) else { return }
    guard let function = Function.allCases.first(where: { file.path.contains($0.rawValue) }) else {
      throw file.document.root.unexpected("a file named after a function of the KZG library")
    }
    let arguments = Arguments(value: try file.document.root.field("input"))
    let expected = try file.document.root.nullableField("output")
    let verdict: Verdict
    switch try answer(function, arguments) {
    case .failure(let error):
      verdict = expected == nil ? .passed : .failed("expected an answer; refused: \(error)")
    case .success(let answer):
      guard let expected else {
        report(
          CaseResult(name: file.stem, verdict: .failed("expected a refusal; got \(answer.summary)"))
        )
        return
      }
      verdict = try answer.verdict(expected)
    }
    report(CaseResult(name: file.stem, verdict: verdict))
  }

  /// What the function answers, or why it refuses the input.
  private func answer(
    _ function: Function, _ input: Arguments
  ) throws(JSONError) -> Result<Answer, KZGError> {
    switch function {
    case .verifyProof:
      let (c, z, y) = (
        try input.bytes("commitment"), try input.bytes("z"), try input.bytes("y")
      )
      let proof = try input.bytes("proof")
      return result { () throws(KZGError) in
        .truth(try KZG.verifyProof(commitment: c, z: z, y: y, proof: proof))
      }
    case .verifyBlobProof:
      let (blob, c, proof) = (
        try input.bytes("blob"), try input.bytes("commitment"), try input.bytes("proof")
      )
      return result { () throws(KZGError) in
        .truth(try KZG.verifyBlobProof(blob: blob, commitment: c, proof: proof))
      }
    case .verifyBlobProofBatch:
      let (blobs, c, proofs) = (
        try input.list("blobs"), try input.list("commitments"), try input.list("proofs")
      )
      return result { () throws(KZGError) in
        .truth(try KZG.verifyBlobProofs(blobs: blobs, commitments: c, proofs: proofs))
      }
    case .verifyCellProofBatch:
      let (c, indices) = (try input.list("commitments"), try input.numbers("cell_indices"))
      let (cells, proofs) = (try input.list("cells"), try input.list("proofs"))
      return result { () throws(KZGError) in
        .truth(
          try KZG.verifyCellProofs(
            commitments: c, cellIndices: indices, cells: cells, proofs: proofs))
      }
    case .blobToCommitment:
      let blob = try input.bytes("blob")
      return result { () throws(KZGError) in .bytes(try KZG.commitment(to: blob)) }
    case .computeBlobProof:
      let (blob, c) = (try input.bytes("blob"), try input.bytes("commitment"))
      return result { () throws(KZGError) in
        .bytes(try KZG.blobProof(blob: blob, commitment: c))
      }
    case .computeProof:
      let (blob, z) = (try input.bytes("blob"), try input.bytes("z"))
      return result { () throws(KZGError) in
        let (proof, y) = try KZG.proof(blob: blob, z: z)
        return .list([proof, y])
      }
    case .computeCells:
      let blob = try input.bytes("blob")
      return result { () throws(KZGError) in .list(try KZG.cells(of: blob)) }
    case .computeCellsAndProofs:
      let blob = try input.bytes("blob")
      return result { () throws(KZGError) in
        let (cells, proofs) = try KZG.cellsAndProofs(of: blob)
        return .lists([cells, proofs])
      }
    }
  }

  private func result(
    _ call: () throws(KZGError) -> Answer
  ) -> Result<Answer, KZGError> {
    do throws(KZGError) { return .success(try call()) } catch { return .failure(error) }
  }
}

/// The arguments of a call.
private struct Arguments {
  let value: JSONValue

  func bytes(_ name: String) throws(JSONError) -> [UInt8] { try value.field(name).bytes() }

  func list(_ name: String) throws(JSONError) -> [[UInt8]] { try value.field(name).byteStrings() }

  func numbers(_ name: String) throws(JSONError) -> [UInt64] {
    var numbers: [UInt64] = []
    for element in try value.field(name).elements() { numbers.append(try element.uint64()) }
    return numbers
  }
}

extension JSONValue {
  fileprivate func byteStrings() throws(JSONError) -> [[UInt8]] {
    var strings: [[UInt8]] = []
    for element in try elements() { strings.append(try element.bytes()) }
    return strings
  }
}

/// What a function of the library answers.
private enum Answer: Equatable {
  case truth(Bool)
  case bytes([UInt8])
  case list([[UInt8]])
  case lists([[[UInt8]]])

  /// In a few characters.
  var summary: String {
    switch self {
    case .truth(let truth): "\(truth)"
    case .bytes(let bytes): Hex.encode(bytes.prefix(48))
    case .list(let list): Self.summary(list)
    case .lists(let lists): lists.map(Self.summary).joined(separator: " and ")
    }
  }

  private static func summary(_ list: [[UInt8]]) -> String {
    "\(list.count) values, the first \(Hex.encode((list.first ?? []).prefix(48)))"
  }

  /// Whether this is what `expected` says.
  func verdict(_ expected: JSONValue) throws(JSONError) -> Verdict {
    let wanted: Answer
    switch self {
    case .truth:
      guard let truth = expected.boolean else { throw expected.unexpected("true or false") }
      wanted = .truth(truth)
    case .bytes: wanted = .bytes(try expected.bytes())
    case .list: wanted = .list(try expected.byteStrings())
    case .lists:
      var lists: [[[UInt8]]] = []
      for element in try expected.elements() { lists.append(try element.byteStrings()) }
      wanted = .lists(lists)
    }
    return self == wanted
      ? .passed : .failed("expected \(wanted.summary), got \(summary)")
  }
}
