"""Settings of a project that uses django-gamification and tables like those of django-hero.

Django 4.2 is the last version on which the migrations of django-gamification 0.3.2 run.
"""

SECRET_KEY = "only for tests"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django_gamification",
    "hero",
    "members",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
