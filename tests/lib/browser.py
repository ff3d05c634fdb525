"""A headless Chromium, driven over its debugging pipe.

One browser serves all tests; each page is a tab of its own. Commands and events
are JSON texts that end in NUL; the browser reads them from descriptor 3 and
writes to 4 (Chrome DevTools Protocol, --remote-debugging-pipe). The browser
ends when that pipe closes, whatever becomes of us.
"""
import atexit
import contextlib
import functools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

from tests.lib.harness import PATIENCE, Failed, skip

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
           "--no-first-run", "--disable-extensions", "--disable-background-networking",
           "--disable-component-update", "--disable-default-apps", "--hide-scrollbars",
           "--force-color-profile=srgb", "--log-level=3", "--remote-debugging-pipe", "about:blank")
KEYS = {"Tab": (9, "\t"), "Enter": (13, "\r"), "Escape": (27, ""), " ": (32, " "),
        "End": (35, ""), "Home": (36, ""), "ArrowLeft": (37, ""), "ArrowUp": (38, ""),
        "ArrowRight": (39, ""), "ArrowDown": (40, "")}


class Browser:
    def __init__(self, path, home):
        theirs_in, self.out = os.pipe()
        self.into, theirs_out = os.pipe()
        self.log = open(os.path.join(home, "stderr"), "w+b")  # pylint: disable=consider-using-with
        # A shell puts the pipes where they belong; no code of ours runs between
        # fork and exec.
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["sh", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "sh", path,
             f"--user-data-dir={home}", *OPTIONS],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log,
            pass_fds=(theirs_in, theirs_out), env={**os.environ, "HOME": home})
        os.close(theirs_in)
        os.close(theirs_out)
        self.last, self.pending, self.events = 0, b"", {}

    def close(self):
        """Ends it, unless it has ended; true: it did so by itself."""
        if self.log.closed:
            return True
        os.close(self.out)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        done = self.process.wait() == 0
        os.close(self.into)
        self.log.close()
        return done

    def fail(self, what):
        self.log.seek(0)
        raise Failed(f"{what}\nthe browser said: {self.log.read().decode(errors='replace')}")

    def receive(self, deadline):
        """The next message, which may come before the deadline only."""
        while b"\0" not in self.pending:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                self.fail("the browser does not answer")
            more = os.read(self.into, 1 << 20)
            if not more:
                self.fail("the browser has ended")
            self.pending += more
        text, _, self.pending = self.pending.partition(b"\0")
        return json.loads(text)

    def take(self, deadline):
        """Receives a message; an event goes to the list of its tab."""
        message = self.receive(deadline)
        if "method" in message:
            self.events.setdefault(message.get("sessionId"), []).append(message)
        return message

    def call(self, method, session=None, **params):
        self.last += 1
        request = {"id": self.last, "method": method, "params": params}
        if session:
            request["sessionId"] = session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        deadline = time.monotonic() + PATIENCE
        while True:
            message = self.take(deadline)
            if message.get("id") == self.last:
                break
        if "error" in message:
            raise Failed(f"{method}: {message['error']['message']}")
        return message["result"]


class Tab:
    """A page in the browser; it waits until that is loaded, unless told not to."""

    def __init__(self, browser, path, width=1280, height=900, loaded=True):
        self.browser = browser
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target,
                                    flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.resize(width, height)
        self.call("Page.navigate", url=f"file://{path}")
        if loaded:
            self.wait(lambda event: event["method"] == "Page.loadEventFired", "the page is loaded")

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)
        self.browser.events.pop(self.session, None)

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def events(self, *methods):
        return [e for e in self.browser.events.get(self.session, [])
                if not methods or e["method"] in methods]

    def wait(self, condition, what):
        """Until an event for which condition is true has come; returns it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for event in self.events():
                if condition(event):
                    return event
            if time.monotonic() > deadline:
                self.browser.fail(f"still not: {what}")
            self.browser.take(deadline)

    def resize(self, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def media(self, media="", scheme="light"):
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def eval(self, expression):
        """What the expression, or the promise that it is, comes to."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                         awaitPromise=True)
        if "exceptionDetails" in done:
            raise Failed(f"{expression}: {done['exceptionDetails']}")
        return done["result"].get("value")

    def point(self, element):
        """The middle of the element that a JavaScript expression is, in sight."""
        return self.eval(f"(e => {{ e.scrollIntoView({{block: 'center', inline: 'center'}});"
                         "const r = e.getBoundingClientRect();"
                         "return [r.x + r.width / 2, r.y + r.height / 2] })"
                         f"({element})")

    def hover(self, element):
        x, y = self.point(element)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, element):
        x, y = self.point(element)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left",
                      clickCount=1)

    def press(self, key, shift=False):
        code, text = KEYS[key]
        common = {"key": key, "code": "Space" if key == " " else key,
                  "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def complaints(self):
        """Errors of the script, and what the log has: violations of the policy, too."""
        return [e["params"] for e in self.events("Runtime.exceptionThrown", "Log.entryAdded",
                                                 "Runtime.consoleAPICalled")]

    def requests(self):
        return [e["params"]["request"]["url"] for e in self.events("Network.requestWillBeSent")]


@functools.lru_cache
def browser():
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        skip("no Chromium")
    home = tempfile.mkdtemp(prefix="rpcall-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    started = Browser(path, home)
    atexit.register(started.close)
    return started


@contextlib.contextmanager
def tab(path, **options):
    shown = Tab(browser(), path, **options)
    try:
        yield shown
    finally:
        shown.close()
