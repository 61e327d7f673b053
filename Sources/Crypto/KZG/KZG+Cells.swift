// Cells: the pieces of an extended blob, each with a proof of its own (EIP-7594).

extension KZG {
  /// Whether every proof shows that the cell beside it, of the number `cellIndices`, is one of the
  /// polynomial behind the commitment beside it: `verify_cell_kzg_proof_batch`, one pairing for all.
  public static func verifyCellProofs(
    commitments: [[UInt8]], cellIndices: [UInt64], cells: [[UInt8]], proofs: [[UInt8]]
  ) throws(KZGError) -> Bool {
    guard commitments.count == cells.count, cellIndices.count == cells.count,
      proofs.count == cells.count
    else { throw .unequalCounts }
    var distinct: [[UInt8]] = []
    var places: [[UInt8]: Int] = [:]
    var batch = CellBatch()
    for i in cells.indices {
      let place = places[commitments[i]] ?? distinct.count
      if place == distinct.count {
        batch.commitments.append(try point(commitments[i], .commitment))
        places[commitments[i]] = place
        distinct.append(commitments[i])
      }
      guard cellIndices[i] < UInt64(cellsPerBlob) else { throw .cellIndex(cellIndices[i]) }
      guard cells[i].count == cellSize else {
        throw .length(.cell, cellSize, found: cells[i].count)
      }
      batch.commitmentIndices.append(place)
      batch.cellIndices.append(Int(cellIndices[i]))
      batch.cells.append(try elements(cells[i], .cell))
      batch.proofs.append(try point(proofs[i], .proof))
    }
    guard !cells.isEmpty else { return true }
    return batch.verify(
      factor: batchChallenge(
        commitments: distinct, commitmentIndices: batch.commitmentIndices, batch.cellIndices,
        cells: cells, proofs: proofs))
  }

  /// hᵢ, by which the coset of cell i is shifted: its elements are the values at hᵢ times the 64th roots
  /// of unity.
  static func cosetShift(_ cellIndex: Int) -> Fr {
    RootsOfUnity.all[RootsOfUnity.reversed(cellIndex, bits: 7)]
  }

  /// hᵢ⁶⁴.
  static func cosetPower(_ cellIndex: Int) -> Fr {
    RootsOfUnity.power(RootsOfUnity.reversed(cellIndex, bits: 7), bits: 7)
  }
}

/// Cells to check together.
private struct CellBatch {
  typealias Fr = BLS12381.Fr

  /// Each once.
  var commitments: [KZG.Point] = []
  var commitmentIndices: [Int] = []
  var cellIndices: [Int] = []
  var cells: [[Fr]] = []
  var proofs: [KZG.Point] = []

  /// Σ fᵏ·(Cₖ − I⁽ᵏ⁾(s)·G + hₖ⁶⁴·πₖ) paired with H against Σ fᵏ·πₖ paired with s⁶⁴·H, where I⁽ᵏ⁾ is the
  /// polynomial through cell k ("universal verification equation",
  /// ethresear.ch/t/a-universal-verification-equation-for-data-availability-sampling/13240).
  func verify(factor: Fr) -> Bool {
    var power = Fr.one
    var powers: [Fr] = []
    var weights = [Fr](repeating: .zero, count: commitments.count)
    var shifted: [Fr] = []
    // Cells of the same number lie on the same coset: their sum is interpolated.
    var sums = [[Fr]](repeating: [], count: KZG.cellsPerBlob)
    for (i, cell) in cells.enumerated() {
      let index = cellIndices[i]
      powers.append(power)
      weights[commitmentIndices[i]] = weights[commitmentIndices[i]] + power
      shifted.append(power * KZG.cosetPower(index))
      if sums[index].isEmpty { sums[index] = [Fr](repeating: .zero, count: cell.count) }
      for j in cell.indices { sums[index][j] = sums[index][j] + power * cell[j] }
      power = power * factor
    }
    let interpolated = interpolation(of: sums)
    let left = KZG.combination(
      commitments + proofs + TrustedSetup.cellMonomialG1,
      weights + shifted + interpolated.map { -$0 })
    let right = KZG.combination(proofs, powers)
    return KZG.isOne(
      minusGenerator: left.affine(), (right.affine(), TrustedSetup.cellSecretG2))
  }

  /// The coefficients of the sum of the polynomials through the values on each coset.
  private func interpolation(of sums: [[Fr]]) -> [Fr] {
    var total = [Fr](repeating: .zero, count: KZG.elementsPerCell)
    for (index, values) in sums.enumerated() where !values.isEmpty {
      let coefficients = RootsOfUnity.interpolated(RootsOfUnity.reversed(values))
      let scale = KZG.cosetShift(index).inverse()
      var power = Fr.one
      for j in total.indices {
        total[j] = total[j] + coefficients[j] * power
        power = power * scale
      }
    }
    return total
  }
}
