"""`python manage.py welcome`: creates example members."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Create the members ada, who leads the club, and bob, with the password `woodwork`"

    def handle(self, *args, **options):
        for name, leads in [("ada", True), ("bob", False)]:
            member, is_new = User.objects.get_or_create(username=name, defaults={"is_staff": leads})
            if is_new:
                member.set_password("woodwork")
                member.save()
        self.stdout.write("log in as ada or bob; the password is `woodwork`")
