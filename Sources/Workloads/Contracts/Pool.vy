# pragma version 0.4.3
# A pool of two tokens that trades at constant product, with a fee of 0.3 %.

interface Token:
    def transfer(receiver: address, amount: uint256) -> bool: nonpayable
    def transferFrom(sender: address, receiver: address, amount: uint256) -> bool: nonpayable

event Swap:
    trader: indexed(address)
    sellsFirst: bool
    sold: uint256
    bought: uint256

first: public(address)
second: public(address)
firstReserve: public(uint256)
secondReserve: public(uint256)


@internal
@pure
def _bought(sold: uint256, reserveIn: uint256, reserveOut: uint256) -> uint256:
    afterFee: uint256 = sold * 997
    return reserveOut * afterFee // (reserveIn * 1000 + afterFee)


@external
def swap(sellsFirst: bool, sold: uint256, minimum: uint256) -> uint256:
    bought: uint256 = 0
    if sellsFirst:
        bought = self._bought(sold, self.firstReserve, self.secondReserve)
        assert bought >= minimum, "price"
        self.firstReserve += sold
        self.secondReserve -= bought
        assert extcall Token(self.first).transferFrom(msg.sender, self, sold)
        assert extcall Token(self.second).transfer(msg.sender, bought)
    else:
        bought = self._bought(sold, self.secondReserve, self.firstReserve)
        assert bought >= minimum, "price"
        self.secondReserve += sold
        self.firstReserve -= bought
        assert extcall Token(self.second).transferFrom(msg.sender, self, sold)
        assert extcall Token(self.first).transfer(msg.sender, bought)
    log Swap(trader=msg.sender, sellsFirst=sellsFirst, sold=sold, bought=bought)
    return bought
