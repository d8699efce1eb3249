"""URLs of the club."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from game import views

urlpatterns = [
    path("", views.home, name="home"),
    path("comments", views.comment, name="comment"),
    path("shifts", views.shift, name="shift"),
    path("members/<str:username>", views.member, name="member"),
    path("members/<str:username>/thanks", views.thanks, name="thanks"),
    path("login", LoginView.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
]
