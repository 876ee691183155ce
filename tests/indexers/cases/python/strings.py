from unittest import mock

import shop


@mock.patch("shop.cart.total")
#^ read mock in test_total
#     ^ decorate patch of mock in test_total
#                      ^ read total of "shop.cart" in test_total
def test_total(found, monkeypatch):
    monkeypatch.setattr(shop, "cart", found)
#               ^ call setattr of monkeypatch in test_total
#                       ^ read shop in test_total
#                              ^ read cart of shop in test_total
    monkeypatch.setattr("shop.cart", found)
#               ^ call setattr of monkeypatch in test_total
#                             ^ read cart of "shop" in test_total
    mock.patch.object(shop.Cart, "add")
#   ^ read mock in test_total
#        ^ read patch of mock in test_total
#              ^ call object of mock.patch in test_total
#                     ^ read shop in test_total
#                          ^ read Cart of shop in test_total
#                                 ^ read add of shop.Cart in test_total
    client.patch("/shop/cart")
