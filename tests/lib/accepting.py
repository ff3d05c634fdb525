"""Accepting for the servers that tests are themselves."""
import threading


def serve_each(listener, serve):
    """Until listener is closed, each of its peers is served by a thread: serve(peer)."""
    def accept():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(peer,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
