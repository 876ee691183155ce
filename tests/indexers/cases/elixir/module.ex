defmodule Shop.Cart do
# <- def module Shop.Cart
# <- doc A cart.
  @moduledoc """
  A cart.
  """
  use GenServer, restart: :temporary
  # <- import GenServer:* reexport in Shop.Cart
  import Ecto.Query, only: [from: 2]
  # <- import Ecto.Query:from as from in Shop.Cart
  alias Shop.Item
  # <- import Shop.Item as Item in Shop.Cart
  alias Shop.{Store, Price}
  # <- import Shop.Store as Store in Shop.Cart
  # <- import Shop.Price as Price in Shop.Cart
  alias Shop.Foo, as: Bar
  # <- import Shop.Foo as Bar in Shop.Cart
  require Logger
  # <- import Logger in Shop.Cart
  @behaviour Plug
#            ^ inherit Plug in Shop.Cart
  @max 3
  # <- def constant Shop.Cart.@max hidden
  @type t :: %__MODULE__{name: String.t()}
  # <- def type Shop.Cart.t
#                                     ^ call t of String in Shop.Cart
  @callback go(t) :: t
  # <- def method Shop.Cart.go
  defstruct [:name, size: 0]
  # <- def field Shop.Cart.name
  # <- def field Shop.Cart.size
  @doc "Adds."
  @spec add(t, integer) :: t
  def add(%__MODULE__{} = cart, item \\ nil) when is_map(item) do
  # <- def function Shop.Cart.add
  # <- doc Adds.
    order = Item.new(cart.name)
#           ^ read Item in Shop.Cart.add
#                ^ call new of Item in Shop.Cart.add
#                         ^ call name of cart in Shop.Cart.add
    {:ok, box} = Store.put(order)
#                ^ read Store in Shop.Cart.add
#                      ^ call put of Store in Shop.Cart.add
    cart |> helper(1) |> Enum.map(fn x -> x.id end)
#           ^ call helper in Shop.Cart.add
#                             ^ call map of Enum in Shop.Cart.add
#                                           ^ call id of x in Shop.Cart.add
    Logger.info("x #{price(box)} #{@max}")
#   ^ read Logger in Shop.Cart.add
#          ^ call info of Logger in Shop.Cart.add
#                    ^ call price in Shop.Cart.add
#                                  ^ read @max in Shop.Cart.add
    case box do
      %Bar{name: n} -> n
#      ^ type Bar in Shop.Cart.add
    end
    &helper/2
#    ^ call helper in Shop.Cart.add
  end
  # not documentation of the module
  defp helper(c, n), do: c
  # <- def function Shop.Cart.helper hidden
  def multi(1), do: 1
  # <- def function Shop.Cart.multi
  def multi(n), do: n
  defmacro mac(x) do
  # <- def macro Shop.Cart.mac
    quote do: unquote(x)
  end
  defdelegate y(a), to: Item
  # <- def function Shop.Cart.y
#             ^ call y of Item in Shop.Cart.y
#                       ^ read Item in Shop.Cart.y
end
defprotocol Proto do
# <- def interface Proto
  def go(x)
  # <- def method Proto.go
end
defimpl Proto, for: Shop.Item do
#       ^ inherit Proto in Proto
#                        ^ read Item of Shop in Proto
  def go(x), do: x
  # <- def method Proto.go
end
