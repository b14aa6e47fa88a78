"""sending.py -- a service that sends reports to a receiver of the test's own."""

from harness import SystemTest, session, wait_until
from https_receiver import Receiver


class SendingTest(SystemTest):
    """One receiver, and domains x.example whose reports go to /x.example."""

    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def sending(self, **options):
        """A service that sends to the receiver without delay."""
        return self.to_send(**options).start()

    def to_send(self, **options):
        """The same, not started yet."""
        return self.service(**{
            "deliver__mode": "on",
            "deliver__any_port": "yes",
            "deliver__allow_networks": "127.0.0.0/8",
            "deliver__ca_file": str(self.receiver.ca),
            "deliver__delay_min": "0s",
            "deliver__delay_max": "0s",
            **options})

    def send(self, service, *domains):
        """A session of each domain; then the day closes."""
        service.send(*(session(
            domain, pr=f"v=TLSRPTv1; rua={self.receiver.url('/' + domain)}")
                       for domain in domains))
        service.wait_received(len(domains))
        service.close_day()

    def deliveries(self, service):
        """By the report's domain."""
        return {d["domain"]: d for d in service.cli_json("delivery", "list")}

    def settled(self, service, states):
        """The deliveries once their states are those, by domain."""
        def found():
            now = self.deliveries(service)
            return now if {n: d["state"] for n, d in now.items()} == states \
                else None
        return wait_until(found, f"deliveries are {states}")

    def posted(self):
        """The paths that were posted to."""
        return sorted(post.path for post in self.receiver.posts)
