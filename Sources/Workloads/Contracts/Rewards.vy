# pragma version 0.4.3
# Rewards of a network that shares graphics processors: machines report work for their owner, an
# epoch is settled, and owners claim their share of its budget.

interface Token:
    def transfer(receiver: address, amount: uint256) -> bool: nonpayable

event Reported:
    epoch: indexed(uint256)
    owner: indexed(address)
    units: uint256

event Settled:
    epoch: indexed(uint256)
    work: uint256
    rate: uint256

event Claimed:
    epoch: indexed(uint256)
    owner: indexed(address)
    amount: uint256

token: public(address)
coordinator: public(address)
budget: public(uint256)
epoch: public(uint256)
owners: public(HashMap[address, address])
work: public(HashMap[uint256, HashMap[address, uint256]])
totalWork: public(HashMap[uint256, uint256])
rates: public(HashMap[uint256, uint256])


@external
def report(units: uint256):
    owner: address = self.owners[msg.sender]
    assert owner != empty(address), "machine"
    epoch: uint256 = self.epoch
    self.work[epoch][owner] += units
    self.totalWork[epoch] += units
    log Reported(epoch=epoch, owner=owner, units=units)


@external
def settle():
    assert msg.sender == self.coordinator, "coordinator"
    epoch: uint256 = self.epoch
    work: uint256 = self.totalWork[epoch]
    assert work > 0, "no work"
    rate: uint256 = self.budget // work
    self.rates[epoch] = rate
    self.epoch = epoch + 1
    log Settled(epoch=epoch, work=work, rate=rate)


@external
def claim(epoch: uint256) -> uint256:
    rate: uint256 = self.rates[epoch]
    assert rate > 0, "not settled"
    amount: uint256 = self.work[epoch][msg.sender] * rate
    assert amount > 0, "nothing"
    self.work[epoch][msg.sender] = 0
    assert extcall Token(self.token).transfer(msg.sender, amount)
    log Claimed(epoch=epoch, owner=msg.sender, amount=amount)
    return amount
