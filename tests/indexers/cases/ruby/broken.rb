class Cart
#     ^ read Cart
# <- problem syntax
  def good; run(1); end
  # <- def function good
#           ^ call run in good
  def bad(
#     ^ read bad
