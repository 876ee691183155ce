# frozen_string_literal: true

require 'json'
# <- import json
require_relative "lib/foo"
# <- import ./lib/foo
autoload :Bar, 'bar'
# <- import bar:Bar as Bar
module Shop
# <- def module Shop
  # A cart.
  class Cart < Base::Thing
  # <- def class Shop.Cart
  # <- doc A cart.
#              ^ read Base in Shop.Cart
#                    ^ inherit Thing of Base in Shop.Cart
    include Enumerable, Lib::Sized
#                       ^ read Lib in Shop.Cart
#                            ^ inherit Sized of Lib in Shop.Cart
    MAX = 3
    # <- def constant Shop.Cart.MAX
    attr_accessor :name, :size
    # <- def property Shop.Cart.name
    # <- def property Shop.Cart.size
    def initialize(name, opts = {})
    # <- def method Shop.Cart.initialize
      @name = name
      # <- def field Shop.Cart.@name
#     ^ read @name in Shop.Cart.initialize
      @item = Item.new(opts)
      # <- def field Shop.Cart.@item
#     ^ read @item in Shop.Cart.initialize
#             ^ read Item in Shop.Cart.initialize
#                  ^ call new of Item in Shop.Cart.initialize
      # <- bind @item: Item (constructor) in Shop.Cart
    end
    def self.make(x) = new(x)
    # <- def method Shop.Cart.make
    def total? = true
    # <- def method Shop.Cart.total?
    def <=>(other); end
    # <- def method Shop.Cart.<=>
    def name=(value); end
    # <- def method Shop.Cart.name=
    alias old total?
    # <- def method Shop.Cart.old
    class << self
      def open; end
      # <- def method Shop.Cart.open
    end
    private
    def hidden; end
    # <- def method Shop.Cart.hidden hidden
    protected
    def shown; end
    # <- def method Shop.Cart.shown
    private def late; end
    # <- def method Shop.Cart.late hidden
    define_method(:dynamic) { |x| x }
    # <- def method Shop.Cart.dynamic
  end
  Point = Struct.new(:x, :y) do
  # <- def class Shop.Point
#                ^ call new of Struct in Shop.Point
    def distance; end
    # <- def method Shop.Point.distance
  end
end
def top; end
# <- def function top
class Shop::Other; end
# <- def class Shop.Other
#     ^ read Shop in Shop.Other
