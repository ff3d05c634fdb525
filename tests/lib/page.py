"""The HTML report without a browser: its elements, its texts, its policy."""
import base64
import hashlib
from html.parser import HTMLParser

from tests.lib.harness import expect

VOID = {"meta", "br", "img", "link"}


class Element:
    """An element: its name, attributes, and what is in it, texts and elements."""

    def __init__(self, name, attributes):
        self.name, self.attributes, self.children = name, dict(attributes), []

    def __getitem__(self, name):
        return self.attributes.get(name)

    def text(self):
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)

    def all(self, *names):
        """Those within that have one of these names, in order."""
        for child in self.children:
            if isinstance(child, Element):
                if child.name in names or not names:
                    yield child
                yield from child.all(*names)


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]
        self.feed(text)
        expect(self.open == [self.root], f"not closed: {[e.name for e in self.open[1:]]}")

    def handle_starttag(self, tag, attrs):
        element = Element(tag, attrs)
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Element(tag, attrs))

    def handle_endtag(self, tag):
        expect(self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>")
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)

    def all(self, *names):
        return list(self.root.all(*names))

    def policy(self):
        """The page's content security policy: {directive: [source, ...]}."""
        (meta,) = (m for m in self.all("meta") if m["http-equiv"] == "Content-Security-Policy")
        return {words[0]: words[1:] for words in
                (part.split() for part in meta["content"].split(";"))}

    def tables(self):
        """Of those with a caption: {caption: {(body, row's head): [value or None,
        ...]}}; a cell that spans many is its text."""
        return {next(t.all("caption")).children[0]: {
            (body["class"], next(row.all("th")).text()): [_value(td) for td in row.all("td")]
            for body in t.all("tbody") for row in body.all("tr")}
            for t in self.all("table") if any(t.all("caption"))}

    def charts(self, section):
        """The values behind a section's charts: {title: {row: {column: value}}}."""
        (found,) = (s for s in self.all("section") if s["aria-labelledby"] == section)
        return {next(figure.all("h3")).text(): _rows(next(figure.all("table")))
                for figure in found.all("figure") if any(figure.all("table"))}


def _rows(table):
    columns = [th.text() for th in next(table.all("thead")).all("th")][1:]
    return {next(row.all("th")).text(): dict(zip(columns, map(_value, row.all("td")), strict=True))
            for row in next(table.all("tbody")).all("tr")}


def _value(cell):
    figure = next(cell.all("data"), None)
    if figure:
        return float(figure["value"])
    return None if cell.text() == "\u2013" else cell.text()


def hash_of(text):
    """As a policy names a text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def shown(text):
    """The number that a cell's text is, without the blanks between its digits."""
    return float(text.replace("\u202f", ""))
