"""`python manage.py welcome`: members to try the club with."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Makes the members ada, who leads the club, and bob; their password is `woodwork`."

    def handle(self, *args, **options):
        for name, leads in [("ada", True), ("bob", False)]:
            member, is_new = User.objects.get_or_create(username=name, defaults={"is_staff": leads})
            if is_new:
                member.set_password("woodwork")
                member.save()
        self.stdout.write("log in as ada or bob; the password is `woodwork`")
