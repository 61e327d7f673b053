# pragma version 0.4.3
# A lending market: collateral of one token, debt in another, at a price that an oracle wrote.
# Debts are kept in shares, whose worth in debt tokens is the index; it grows with time.

interface Token:
    def transfer(receiver: address, amount: uint256) -> bool: nonpayable
    def transferFrom(sender: address, receiver: address, amount: uint256) -> bool: nonpayable

event Deposit:
    owner: indexed(address)
    amount: uint256

event Borrow:
    borrower: indexed(address)
    amount: uint256

event Repay:
    borrower: indexed(address)
    payer: indexed(address)
    amount: uint256

event Liquidate:
    borrower: indexed(address)
    liquidator: indexed(address)
    amount: uint256
    seized: uint256

UNIT: constant(uint256) = 10**18
INTEREST_PER_SECOND: constant(uint256) = 10**9

collateralToken: public(address)
debtToken: public(address)
price: public(uint256)
index: public(uint256)
updated: public(uint256)
totalCollateral: public(uint256)
totalShares: public(uint256)
collateralOf: public(HashMap[address, uint256])
sharesOf: public(HashMap[address, uint256])


@internal
def _accrue() -> uint256:
    elapsed: uint256 = block.timestamp - self.updated
    if elapsed > 0:
        self.index += self.index * INTEREST_PER_SECOND * elapsed // UNIT
        self.updated = block.timestamp
    return self.index


@internal
@view
def _isHealthy(borrower: address, index: uint256) -> bool:
    debt: uint256 = self.sharesOf[borrower] * index // UNIT
    return debt * 100 <= self.collateralOf[borrower] * self.price // UNIT * 75


@external
def deposit(amount: uint256):
    self.collateralOf[msg.sender] += amount
    self.totalCollateral += amount
    assert extcall Token(self.collateralToken).transferFrom(msg.sender, self, amount)
    log Deposit(owner=msg.sender, amount=amount)


@external
def borrow(amount: uint256):
    index: uint256 = self._accrue()
    shares: uint256 = (amount * UNIT + index - 1) // index
    self.sharesOf[msg.sender] += shares
    self.totalShares += shares
    assert self._isHealthy(msg.sender, index), "collateral"
    assert extcall Token(self.debtToken).transfer(msg.sender, amount)
    log Borrow(borrower=msg.sender, amount=amount)


@external
def repay(borrower: address, amount: uint256):
    shares: uint256 = amount * UNIT // self._accrue()
    self.sharesOf[borrower] -= shares
    self.totalShares -= shares
    assert extcall Token(self.debtToken).transferFrom(msg.sender, self, amount)
    log Repay(borrower=borrower, payer=msg.sender, amount=amount)


@external
def liquidate(borrower: address, amount: uint256):
    index: uint256 = self._accrue()
    assert not self._isHealthy(borrower, index), "healthy"
    shares: uint256 = amount * UNIT // index
    owed: uint256 = self.sharesOf[borrower]
    assert shares * 2 <= owed, "half at most"
    seized: uint256 = amount * UNIT // self.price * 105 // 100
    self.sharesOf[borrower] = owed - shares
    self.totalShares -= shares
    self.collateralOf[borrower] -= seized
    self.totalCollateral -= seized
    assert extcall Token(self.debtToken).transferFrom(msg.sender, self, amount)
    assert extcall Token(self.collateralToken).transfer(msg.sender, seized)
    log Liquidate(borrower=borrower, liquidator=msg.sender, amount=amount, seized=seized)
