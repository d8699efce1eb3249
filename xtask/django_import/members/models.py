"""The application's own model, which refers to the interface of each user."""

from django.conf import settings
from django.db import models
from django_gamification import signals  # noqa: F401  connects the receivers of the package
from django_gamification.models import GamificationInterface


class Profile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    game = models.OneToOneField(GamificationInterface, on_delete=models.CASCADE)
