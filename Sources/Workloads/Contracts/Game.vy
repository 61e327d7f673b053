# pragma version 0.4.3
# Items of a game: players craft them, trade them for gold, and move over a map.

event Crafted:
    player: indexed(address)
    item: uint256

event Traded:
    seller: indexed(address)
    buyer: indexed(address)
    item: uint256
    price: uint256

event Moved:
    player: indexed(address)
    tile: uint256

GOLD: constant(uint256) = 0
WOOD: constant(uint256) = 1
ORE: constant(uint256) = 2
FIRST_ITEM: constant(uint256) = 16
SIZE: constant(uint256) = 65536

balanceOf: public(HashMap[address, HashMap[uint256, uint256]])
bids: public(HashMap[address, HashMap[uint256, uint256]])
tileOf: public(HashMap[address, uint256])
visitors: public(HashMap[uint256, uint256])
crafted: public(HashMap[uint256, uint256])


@external
def craft(item: uint256):
    assert item >= FIRST_ITEM, "item"
    self.balanceOf[msg.sender][WOOD] -= item
    self.balanceOf[msg.sender][ORE] -= item * 2
    self.balanceOf[msg.sender][item] += 1
    self.crafted[item] += 1
    log Crafted(player=msg.sender, item=item)


@external
def trade(buyer: address, item: uint256):
    price: uint256 = self.bids[buyer][item]
    assert price > 0, "bid"
    self.balanceOf[msg.sender][item] -= 1
    self.balanceOf[buyer][item] += 1
    self.balanceOf[buyer][GOLD] -= price
    self.balanceOf[msg.sender][GOLD] += price
    log Traded(seller=msg.sender, buyer=buyer, item=item, price=price)


@internal
@pure
def _distance(a: uint256, b: uint256) -> uint256:
    return a - b if a > b else b - a


@external
def move(x: uint256, y: uint256):
    assert x < SIZE and y < SIZE, "map"
    here: uint256 = self.tileOf[msg.sender]
    assert self._distance(here // SIZE, x) <= 1 and self._distance(here % SIZE, y) <= 1, "too far"
    there: uint256 = x * SIZE + y
    self.tileOf[msg.sender] = there
    self.visitors[here] -= 1
    self.visitors[there] += 1
    log Moved(player=msg.sender, tile=there)
