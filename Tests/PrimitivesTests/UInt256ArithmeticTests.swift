// UInt256 against GMP: arithmetic.

import Oracles
import Primitives
import Samples
import Testing

@Suite struct UInt256ArithmeticTests {
  @Test func sumsAndDifferencesAreThoseOfGMP() {
    forEachPair(seed: 1) { a, b in
      let (x, y) = (GMPInteger(a), GMPInteger(b))
      let sum = a.addingReportingOverflow(b)
      #expect(sum.partialValue == (x + y).word && sum.overflow == !(x + y).fits, "\(a) + \(b)")
      #expect(a &+ b == sum.partialValue)
      let difference = a.subtractingReportingOverflow(b)
      #expect(difference.partialValue == (x - y).word, "\(a) - \(b)")
      #expect(difference.overflow == !(x - y).fits && difference.overflow == (a < b))
      #expect(a &- b == difference.partialValue)
      if !sum.overflow { #expect(a + b == sum.partialValue) }
      if !difference.overflow { #expect(a - b == difference.partialValue) }
    }
  }

  @Test func productsAreThoseOfGMP() {
    forEachPair(seed: 2) { a, b in
      let product = GMPInteger(a) * GMPInteger(b)
      #expect(a &* b == product.word, "\(a) * \(b)")
      let checked = a.multipliedReportingOverflow(by: b)
      #expect(checked.partialValue == product.word && checked.overflow == !product.fits)
      let full = a.multipliedFullWidth(by: b)
      #expect(full.low == product.word && full.high == (product >> 256).word, "\(a) * \(b)")
    }
  }

  @Test func quotientsAndRemaindersAreThoseOfGMP() {
    forEachPair(seed: 3, count: 100_000) { a, b in
      guard !b.isZero else { return }
      let (x, y) = (GMPInteger(a), GMPInteger(b))
      let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      #expect(quotient == (x / y).word, "\(a) / \(b)")
      #expect(remainder == (x % y).word, "\(a) % \(b)")
      #expect(a.dividedOrZero(by: b) == quotient && a.remainderOrZero(dividingBy: b) == remainder)
    }
  }

  @Test func quotientDigitsThatAreGuessedTooLargeAreCorrected() {
    // Dividends just below a multiple of a divisor whose low limbs are full: the first two limbs
    // mislead the guess.
    var source = SeededGenerator(seed: 4)
    for _ in 0..<50_000 {
      var divisor = source.word()
      divisor.l0 = source.next() % 4 == 0 ? source.next() : .max
      let factor = source.word() &>> Int(source.next() % 256)
      let dividend = divisor &* factor &- UInt256(source.next() % 3)
      let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
      #expect(remainder < divisor)
      #expect(quotient &* divisor &+ remainder == dividend, "\(dividend) / \(divisor)")
      #expect((GMPInteger(dividend) / GMPInteger(divisor)).word == quotient)
    }
  }

  @Test func signedDivisionRoundsTowardsZero() {
    forEachPair(seed: 5) { a, b in
      guard !b.isZero else { return }
      let (x, y) = (GMPInteger(signed: a), GMPInteger(signed: b))
      #expect(a.signedDividedOrZero(by: b) == (x / y).word, "\(a) sdiv \(b)")
      #expect(a.signedRemainderOrZero(dividingBy: b) == (x % y).word, "\(a) smod \(b)")
    }
  }

  @Test func divisionByZeroGivesZeroInTheMachine() {
    for a in edgeWords {
      #expect(a.dividedOrZero(by: .zero).isZero && a.remainderOrZero(dividingBy: .zero).isZero)
      #expect(a.signedDividedOrZero(by: .zero).isZero)
      #expect(a.signedRemainderOrZero(dividingBy: .zero).isZero)
      #expect(UInt256.addModulo(a, .max, .zero).isZero)
      #expect(UInt256.multiplyModulo(a, .max, .zero).isZero)
    }
  }

  @Test func modularSumsAndProductsDoNotWrap() {
    var source = SeededGenerator(seed: 6)
    func check(_ a: UInt256, _ b: UInt256, _ n: UInt256) {
      guard !n.isZero else { return }
      let (x, y, m) = (GMPInteger(a), GMPInteger(b), GMPInteger(n))
      #expect(UInt256.addModulo(a, b, n) == ((x + y) % m).word, "\(a) + \(b) mod \(n)")
      #expect(UInt256.multiplyModulo(a, b, n) == ((x * y) % m).word, "\(a) * \(b) mod \(n)")
    }
    forEachPair(seed: 7) { a, b in
      check(a, b, source.word())
      check(a, b, .max)
    }
    for n in edgeWords {
      for a in edgeWords { check(a, .max, n) }
    }
  }

  @Test func powersAreThoseOfGMP() {
    forEachPair(seed: 8, count: 3_000) { a, b in
      #expect(a.power(b) == GMPInteger(a).power(GMPInteger(b)).word, "\(a) ** \(b)")
    }
  }

  @Test func orderIsThatOfTheNumbers() {
    forEachPair(seed: 9) { a, b in
      let (x, y) = (GMPInteger(a), GMPInteger(b))
      #expect((a < b) == x.isLess(than: y) && (a > b) == y.isLess(than: x))
      #expect((a <= b) == !y.isLess(than: x) && (a >= b) == !x.isLess(than: y))
      let signed = GMPInteger(signed: a).isLess(than: GMPInteger(signed: b))
      #expect(a.isSignedLess(than: b) == signed, "\(a) slt \(b)")
    }
  }
}
