"""`python manage.py deliver`: delivers the remaining events. Run it every minute with cron."""

from django.core.management.base import BaseCommand, CommandError

from game import accolade, outbox


class Command(BaseCommand):
    help = "Deliver events that Accolade has not received"

    def handle(self, *args, **options):
        try:
            delivered, rejected = outbox.deliver()
        except accolade.Unavailable as error:
            raise CommandError(f"Accolade is unreachable ({error}); no event is lost, retry later")
        except accolade.Refused as error:
            raise CommandError(f"Accolade rejected the request ({error}); check ACCOLADE_KEY")
        self.stdout.write(f"{delivered} delivered, {rejected} rejected")
