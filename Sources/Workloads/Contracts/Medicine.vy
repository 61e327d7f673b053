# pragma version 0.4.3
# The way of medicine from its maker to the pharmacy: only licensed companies hold it, in that order,
# nothing leaves its maker uninspected, and what was recalled moves no more.

event Registered:
    pack: indexed(uint256)
    batch: indexed(uint256)
    maker: indexed(address)

event HandedOver:
    pack: indexed(uint256)
    giver: indexed(address)
    receiver: indexed(address)

event Inspected:
    pack: indexed(uint256)
    inspector: indexed(address)
    temperature: uint256

event Recalled:
    batch: indexed(uint256)

event Dispensed:
    pack: indexed(uint256)
    pharmacy: indexed(address)

MAKER: constant(uint256) = 1
DISTRIBUTOR: constant(uint256) = 2
PHARMACY: constant(uint256) = 3
INSPECTOR: constant(uint256) = 4
# Tenths of a degree.
HIGHEST_TEMPERATURE: constant(uint256) = 80

struct Pack:
    batch: uint256
    holder: address
    inspections: uint256

licenses: public(HashMap[address, uint256])
packs: public(HashMap[uint256, Pack])
makers: public(HashMap[uint256, address])
isRecalled: public(HashMap[uint256, bool])
stock: public(HashMap[address, uint256])
registered: public(uint256)


@external
def register(pack: uint256, batch: uint256):
    assert self.licenses[msg.sender] == MAKER, "license"
    assert self.packs[pack].batch == 0 and batch != 0, "registered"
    maker: address = self.makers[batch]
    if maker == empty(address):
        self.makers[batch] = msg.sender
    else:
        assert maker == msg.sender, "maker"
    self.packs[pack].batch = batch
    self.packs[pack].holder = msg.sender
    self.stock[msg.sender] += 1
    self.registered += 1
    log Registered(pack=pack, batch=batch, maker=msg.sender)


@external
def handOver(pack: uint256, receiver: address):
    assert self.packs[pack].holder == msg.sender, "holder"
    assert not self.isRecalled[self.packs[pack].batch], "recalled"
    assert self.packs[pack].inspections > 0, "inspection"
    license: uint256 = self.licenses[receiver]
    assert license >= self.licenses[msg.sender] and license <= PHARMACY, "license"
    self.packs[pack].holder = receiver
    self.stock[msg.sender] -= 1
    self.stock[receiver] += 1
    log HandedOver(pack=pack, giver=msg.sender, receiver=receiver)


@external
def inspect(pack: uint256, temperature: uint256):
    assert self.licenses[msg.sender] == INSPECTOR, "license"
    batch: uint256 = self.packs[pack].batch
    assert batch != 0, "unknown"
    self.packs[pack].inspections += 1
    if temperature > HIGHEST_TEMPERATURE:
        self.isRecalled[batch] = True
        log Recalled(batch=batch)
    log Inspected(pack=pack, inspector=msg.sender, temperature=temperature)


@external
def recall(batch: uint256):
    assert self.makers[batch] == msg.sender, "maker"
    self.isRecalled[batch] = True
    log Recalled(batch=batch)


@external
def dispense(pack: uint256):
    assert self.packs[pack].holder == msg.sender, "holder"
    assert self.licenses[msg.sender] == PHARMACY, "license"
    assert not self.isRecalled[self.packs[pack].batch], "recalled"
    self.packs[pack].holder = empty(address)
    self.stock[msg.sender] -= 1
    log Dispensed(pack=pack, pharmacy=msg.sender)
