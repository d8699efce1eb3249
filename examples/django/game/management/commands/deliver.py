"""`python manage.py deliver`: what Accolade did not get at once. Let cron run it every minute."""

from django.core.management.base import BaseCommand, CommandError

from game import accolade, outbox


class Command(BaseCommand):
    help = "Delivers events that Accolade does not have yet."

    def handle(self, *args, **options):
        try:
            sent, refused = outbox.deliver()
        except accolade.Unavailable as error:
            raise CommandError(f"Accolade cannot be reached ({error}); nothing is lost, try again later")
        except accolade.Refused as error:
            raise CommandError(f"Accolade refuses ({error}); is ACCOLADE_KEY right?")
        self.stdout.write(f"{sent} delivered, {refused} refused")
