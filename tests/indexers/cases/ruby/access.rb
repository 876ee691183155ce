class Access
  attr_accessor :size
  TOTAL = 1
  def fill(other)
    @n = other.size
#   ^ writes @n
#              ^ reads size of other
    @n += 1
#   ^ both @n
    @n ||= 2
#   ^ both @n
    @xs[0] = @n
#   ^ both @xs
#            ^ reads @n
    @a, other.size = 1, 2
#   ^ writes @a
#             ^ writes size of other
    self.size = 3
#        ^ writes size of self
    other.size -= 1
#         ^ both size of other
    $count = @n
#   ^ writes $count
#            ^ reads @n
    @@made += 1
#   ^ both @@made
    @inner.size = TOTAL
#   ^ reads @inner
#          ^ writes size of @inner
#                 ^ reads TOTAL
  end
end
