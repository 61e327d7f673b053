# pragma version 0.4.3
# A marketplace of unique tokens, which are held in trust while they are listed and paid in ether.

interface Collection:
    def transferFrom(sender: address, receiver: address, id: uint256): nonpayable

event Listed:
    collection: indexed(address)
    id: indexed(uint256)
    price: uint256

event Bought:
    collection: indexed(address)
    id: indexed(uint256)
    buyer: indexed(address)

struct Listing:
    seller: address
    price: uint256

listings: public(HashMap[address, HashMap[uint256, Listing]])
fees: public(uint256)


@external
def list(collection: address, id: uint256, price: uint256):
    assert price > 0, "price"
    extcall Collection(collection).transferFrom(msg.sender, self, id)
    self.listings[collection][id] = Listing(seller=msg.sender, price=price)
    log Listed(collection=collection, id=id, price=price)


@external
@payable
def buy(collection: address, id: uint256):
    listing: Listing = self.listings[collection][id]
    assert listing.price > 0 and msg.value == listing.price, "price"
    fee: uint256 = listing.price * 25 // 1000
    self.listings[collection][id] = empty(Listing)
    self.fees += fee
    extcall Collection(collection).transferFrom(self, msg.sender, id)
    send(listing.seller, listing.price - fee)
    log Bought(collection=collection, id=id, buyer=msg.sender)
