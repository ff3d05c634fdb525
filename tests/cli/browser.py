"""The HTML report in a browser: what it lets through, its tables, its width."""
import contextlib
import functools
import json
import socket
import tempfile

from tests.lib.browser import browser, tab
from tests.lib.command import succeeds
from tests.lib.harness import PATIENCE, equal, expect, test
from tests.lib.result import MECHANISMS, comparison

@functools.lru_cache
def html():
    with tempfile.NamedTemporaryFile("w", prefix="rpcall-", suffix=".json") as f:
        json.dump(comparison(), f)
        f.flush()
        return succeeds("rpcall", "report", f.name, "--format", "html")


@contextlib.contextmanager
def shown(text=None, **options):
    """A tab with a report, or with another text in its place."""
    browser()
    with tempfile.NamedTemporaryFile("w", prefix="rpcall-", suffix=".html") as f:
        f.write(text or html())
        f.flush()
        with tab(f.name, **options) as page:
            page.file = f.name
            yield page


@contextlib.contextmanager
def listening():
    """A socket of ours to which the browser might connect, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as s:
        s.settimeout(PATIENCE)
        yield s, "http://127.0.0.1:%d" % s.getsockname()[1]


def came(listener):
    listener.setblocking(False)
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@test("the page asks for nothing, and its script and style run without a complaint")
def quiet():
    with shown() as page:
        equal(page.requests(), [f"file://{page.file}"], "requests")
        equal(page.complaints(), [], "complaints")
        equal(page.eval("document.styleSheets.length"), 1, "styles that count")
        expect(page.eval("document.querySelector('th button') !== null"), "the script ran")


@test("the policy keeps what was planted from loading, running and being painted")
def policy():
    with listening() as (listener, there):
        planted = html().replace("</main>", f'<img src="{there}/img"><script>planted = 1</script>'
                                 f'<p id="p" style="color:red" onclick="planted = 1">'
                                 "</main>")
        with shown(planted) as page:
            said = [p["entry"]["text"] for p in page.complaints()]
            expect(any(f"{there}/img" in text for text in said), f"the image: {said}")
            equal(page.eval("typeof planted"), "undefined", "the script")
            page.eval("p.click()")
            equal(page.eval("typeof planted"), "undefined", "the handler")
            equal(page.eval("getComputedStyle(p).color === getComputedStyle(document.body).color"),
                  True, "the style")
            equal(page.eval(f"fetch('{there}/fetch').then(() => 'came', e => e.name)"),
                  "TypeError", "a request")
            expect(not came(listener), "the browser connected")


@test("without the policy the planted image would have been asked for")
def without():
    with listening() as (listener, there):
        bare = html().replace("Content-Security-Policy", "X-None")
        with shown(bare.replace("</main>", f'<img src="{there}/img"></main>'), loaded=False):
            listener.accept()[0].close()


# The rows of the first table's mechanisms: names, and figures of the column.
COLUMN = """[...document.querySelector('table.figures tbody.mechanism').rows].map(row =>
    [row.cells[0].textContent, Number(row.cells[1].querySelector('data').value)])"""
HEAD = "document.querySelector('table.figures tr:last-child > th')"


def sort_of(page):
    return page.eval(f"{HEAD}.getAttribute('aria-sort')")


def check_sorting(page, act):
    before = page.eval(COLUMN)
    for order, wanted in (("ascending", sorted(before, key=lambda row: row[1])),
                          ("descending", sorted(before, key=lambda row: -row[1])),
                          (None, before)):
        act()
        equal(sort_of(page), order, "aria-sort")
        equal(page.eval(COLUMN), wanted, f"rows, {order or 'as they were'}")


@test("a table sorts by a column when its heading is clicked: up, down, and as it was")
def sort_by_click():
    with shown() as page:
        check_sorting(page, lambda: page.click(f"{HEAD}.firstElementChild"))


@test("a table sorts by keyboard, and by its names, too")
def sort_by_key():
    with shown() as page:
        page.eval(f"{HEAD}.firstElementChild.focus()")
        keys = iter(("Enter", " ", "Enter"))
        check_sorting(page, lambda: page.press(next(keys)))
        page.press("Tab", shift=True)
        page.press("Enter")
        names = [row[0] for row in page.eval(COLUMN)]
        equal(names, sorted(names), "names")


@test("what is not known stands last, whichever way a table is sorted")
def sort_unknown():
    # Of tcp there are too few calls for a p99, rpc/local was not measured.
    with shown() as page:
        table = "document.querySelectorAll('table.figures')[3]"
        for order in ("pipe,unix", "unix,pipe"):
            page.click(f"{table}.tHead.rows[1].cells[2].firstElementChild")
            names = page.eval(f"[...{table}.querySelector('tbody.mechanism').rows]"
                              ".map(row => row.cells[0].textContent).join()")
            equal(names, f"{order},tcp,rpc/local", "rows")


# The first two lines of the first chart of percentiles; the tip if it is seen.
LINES = "document.querySelector('[aria-labelledby=percentiles] .plot').querySelectorAll('.series')"
TIP = "(t => t.hidden ? null : t.textContent)(document.querySelector('.tip'))"


def behind(page, line, column):
    """What the table behind that chart has of a line, as a point is to tell it."""
    return page.eval(f"""(t => {{ const name = {LINES}[{line}].querySelector('.name').textContent;
        const row = [...t.tBodies[0].rows].find(r => r.cells[0].textContent === name);
        return `${{name}}, ${{t.tHead.rows[0].cells[{column}].textContent}}: ` +
        row.cells[{column}].textContent }})
        (document.querySelector('[aria-labelledby=percentiles] table'))""")


@test("a point of a chart tells its value, the one in the table behind it, when pointed at")
def point_at():
    with shown() as page:
        equal(page.eval(TIP), None, "the tip before")
        for line, column in ((0, 1), (1, 2), (0, 1)):
            page.hover(f"{LINES}[{line}].querySelectorAll('.pt')[{column - 1}].lastElementChild")
            told = page.eval(TIP)
            # Where marks lie on one another, the last that was drawn is in front.
            wanted = [behind(page, i, column) for i in range(len(MECHANISMS))]
            expect(told in wanted, f"told {told!r}, of {wanted}")
        page.hover("document.querySelector('[aria-labelledby=cpu] .row')")
        expect(page.eval(TIP).startswith("tcp: client "), page.eval(TIP))
        page.hover("document.querySelector('h1')")
        equal(page.eval(TIP), None, "the tip after")


@test("the arrow keys go from point to point, one stop of Tab for a chart, Escape hides the value")
def walk():
    with shown() as page:
        page.eval(f"{LINES}[0].querySelector('.pt').focus()")
        equal(page.eval(TIP), behind(page, 0, 1), "the first point")
        page.press("ArrowRight")
        equal(page.eval(TIP), behind(page, 0, 2), "to the right")
        page.press("ArrowLeft")
        page.press("ArrowDown")
        equal(page.eval(TIP), behind(page, 1, 1), "the next line")
        equal(page.eval("document.activeElement.getAttribute('aria-label')"), page.eval(TIP),
              "what is read out")
        equal(page.eval("document.activeElement.closest('.plot').querySelectorAll("
                        "'.pt[tabindex=\"0\"]').length"), 1, "stops")
        page.press("Escape")
        equal(page.eval(TIP), None, "the tip")
        page.press("Tab")
        equal(page.eval("document.activeElement.localName"), "summary", "after the chart")


@test("every chart has a name, and its values in a table behind it that opens by keyboard")
def named():
    with shown() as page:
        equal(page.eval("[...document.querySelectorAll('figure .plot > svg')].every(e =>"
                        "e.getAttribute('aria-label') && e.closest('figure').querySelector('table')"
                        ")"), True, "charts")
        page.eval("document.querySelector('summary').focus()")
        page.press("Enter")
        equal(page.eval("document.querySelector('details').open"), True, "open")


@test("nothing overflows the page at 400 and at 1280 pixels, nor on paper")
def width():
    with shown() as page:
        for wide, media in ((1280, ""), (400, ""), (720, "print")):
            page.resize(wide)
            page.media(media)
            over = page.eval("""[...document.querySelectorAll('body *')].filter(e =>
                !e.closest('.scroll') && !e.classList.contains('skip') &&
                e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
                .map(e => e.outerHTML.slice(0, 80))""")
            equal(over, [], f"beyond {wide} pixels")
            equal(page.eval("document.documentElement.scrollWidth"), wide, "width")


@test("dark is dark, light is light, and paper is white whatever the screen was")
def schemes():
    def background(media, scheme):
        page.media(media, scheme)
        colour = page.eval("getComputedStyle(document.body).backgroundColor")
        return min(int(n) for n in colour[4:-1].split(","))

    with shown() as page:
        expect(background("", "dark") < 64, "dark")
        expect(background("", "light") > 224, "light")
        equal(background("print", "dark"), 255, "paper")
        equal(page.eval("[...document.querySelectorAll('nav, details, .tip, .skip')].every(e =>"
                        "getComputedStyle(e).display === 'none')"), True, "hidden on paper")


@test("the first key leads past the navigation, to the results")
def skip_link():
    with shown() as page:
        page.press("Tab")
        equal(page.eval("document.activeElement.className"), "skip", "focus")
        expect(page.point("document.activeElement")[1] > 0, "it is in sight")
        page.press("Enter")
        equal(page.eval("document.activeElement.id"), "main", "focus")


@test("the browser ends when its pipe is closed, rather than idle beside other tests")
def last():
    ended = browser().close()
    browser.cache_clear()
    expect(ended, "it had to be killed, or failed")


@test("a legend has what is drawn, and nothing else")
def legend():
    lone = comparison()
    lone["tables"] = [{**table, "rows": [{**row, "floor": "", "stock": ""} for row in table["rows"]
                                         if row["kind"] == "mechanism"]} for table in lone["tables"]]
    with tempfile.NamedTemporaryFile("w", prefix="rpcall-", suffix=".json") as f:
        json.dump(lone, f)
        f.flush()
        without = succeeds("rpcall", "report", f.name, "--format", "html")
    for text, there in ((html(), True), (without, False)):
        with shown(text) as page:
            keys = page.eval("[...document.querySelectorAll('.legend li')].filter(li => "
                             "li.offsetParent !== null).map(li => li.textContent)")
            equal(any(key.startswith("floor, p50") for key in keys), there, f"floors in {keys}")
            expect(not any(key.startswith("stock") for key in keys), f"stock in {keys}")
            expect("to p99" in keys, f"{keys}")
