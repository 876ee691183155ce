class Cart
# <- def class Cart
  def run(item, *rest, key: 1, &block)
  # <- def method Cart.run
    order = Shop::Order.new(item)
#           ^ read Shop in Cart.run
#                 ^ read Order of Shop in Cart.run
#                       ^ call new of Shop.Order in Cart.run
    # <- bind order: Shop.Order (constructor) in Cart.run
    order.lines(1).first&.name
#         ^ call lines of order in Cart.run
#                  ^ call first of order.lines() in Cart.run
#                         ^ call name of order.lines().first in Cart.run
    @store.save order, MAX
#   ^ read @store in Cart.run
#          ^ call save of @store in Cart.run
#                      ^ read MAX in Cart.run
    items.each { |line; tmp| line.price + rate }
#   ^ read items in Cart.run
#         ^ call each of items in Cart.run
#                                 ^ call price of line in Cart.run
#                                         ^ read rate in Cart.run
    helper key do |(a, b)| a end
#   ^ call helper in Cart.run
    ::Top.go
#     ^ read Top in Cart.run
#         ^ call go of Top in Cart.run
    self.name = rest
#        ^ call name of self in Cart.run
    begin
      Shelf.open
#     ^ read Shelf in Cart.run
#           ^ call open of Shelf in Cart.run
    rescue Failure, Lib::Error => e
#          ^ read Failure in Cart.run
#                   ^ read Lib in Cart.run
#                        ^ read Error of Lib in Cart.run
      log "#{e.message} #{item.id}"
#     ^ call log in Cart.run
#              ^ call message of e in Cart.run
#                              ^ call id of item in Cart.run
    end
    case order
    when Paid then block.call
#        ^ read Paid in Cart.run
#                        ^ call call of block in Cart.run
    end
  end
end
