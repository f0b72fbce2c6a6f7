"""What a test wants to go wrong, in a JSON file that both servers read: it is read anew at every call, counters count down."""
import json
import os
import threading

_FILE = os.environ["E2E_CONTROL"]
_LOCK = threading.Lock()


def read() -> dict:
    with _LOCK:
        return _read()


def take(counter: str) -> bool:
    """Counts down, and is true as long as there was something to count."""
    with _LOCK:
        state = _read()
        if state.get(counter, 0) <= 0:
            return False
        state[counter] -= 1
        with open(_FILE, "w", encoding="utf8") as file:
            json.dump(state, file)
        return True


def _read() -> dict:
    if not os.path.exists(_FILE):
        return {}
    with open(_FILE, encoding="utf8") as file:
        return json.load(file)
