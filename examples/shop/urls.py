"""Pages of the shop."""

from django.urls import path

from shop import views

urlpatterns = [
    path("products/<slug:sku>", views.product_page, name="product"),
    path("stock", views.stock_overview, name="stock"),
    path("orders", views.place_order, name="orders"),
    path("reports/margin", views.margin_report, name="margin"),
]
