"""Many clients at once, each with its own connection and distinct dossiers; remembers what was acknowledged."""
import http.client
import json
import threading

from service import distinct_dossiers


class Load:
    """Clients that go on until stop() or until `total` requests were made, over the services given."""

    def __init__(self, services, client_count, total=None):
        self.services, self.total = services, total
        self.lock = threading.Lock()
        self.dossiers = distinct_dossiers()
        self.made = 0
        self.acknowledged = []  # the answers, decoded
        self.refused = []       # (status, body)
        self.broken = 0         # connections that ended without an answer
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(services[i % len(services)],), daemon=True)
                        for i in range(client_count)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def next_dossier(self):
        with self.lock:
            if self.stopping.is_set() or (self.total is not None and self.made >= self.total):
                return None
            self.made += 1
            return next(self.dossiers)

    def run(self, service):
        connection = service.connect()
        while (dossier := self.next_dossier()) is not None:
            try:
                status, _, body = service.assess(dossier, connection=connection)
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.broken += 1
                connection.close()
                if service.process.poll() is not None:
                    return
                connection = service.connect()
                continue
            with self.lock:
                if status == 201:
                    self.acknowledged.append(json.loads(body))
                else:
                    self.refused.append((status, body))
        connection.close()

    def join(self):
        for thread in self.threads:
            thread.join()
        return self

    def stop(self):
        self.stopping.set()
        return self.join()
