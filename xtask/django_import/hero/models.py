"""Tables with the fields of those of django-hero, which is neither on PyPI nor runs on Python 3."""

from django.conf import settings
from django.db import models


class Achievement(models.Model):
    id = models.CharField(max_length=255, primary_key=True)
    title = models.CharField(max_length=255)
    description = models.TextField()
    secret = models.BooleanField(default=False)
    invisible = models.BooleanField(default=False)
    image_locked = models.CharField(max_length=100, default="achievements/locked.jpg")
    image_unlocked = models.CharField(max_length=100, default="achievements/unlocked.jpg")
    image_secret = models.CharField(max_length=100, default="achievements/hidden.jpg")


class AchievementUnlocked(models.Model):
    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    unlocked_at = models.DateTimeField()
    level = models.IntegerField()
