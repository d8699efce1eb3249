"""Minimal settings of the woodworking club. The settings of Accolade are at the end."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent

# These are for a local example. A real deployment needs its own secret and must disable DEBUG.
SECRET_KEY = "only for an example"
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "game",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "game.views.toasts",
            ]
        },
    }
]
ROOT_URLCONF = "club.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HERE / "club.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Paris"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

# URL of Accolade, and this application's API key: `accolade keys create club --scope record,read,actions`.
ACCOLADE_URL = os.environ.get("ACCOLADE_URL", "http://127.0.0.1:8000").rstrip("/")
ACCOLADE_KEY = os.environ.get("ACCOLADE_KEY", "")
# Maximum time in seconds that a page waits for Accolade. Events that are not delivered in time are delivered later.
ACCOLADE_TIMEOUT = 2
