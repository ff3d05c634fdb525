/*
 * What the report can do beyond being read: its tables sort, and its charts
 * tell the value that the pointer is near to, or the arrow keys went to. The
 * page's policy lets this text run and no other; without it everything is
 * there to read.
 */
"use strict";

/* The exact figure of a cell, or its text; null where there is none. */
function valueOf(row, column) {
	const cell = row.cells[column];

	if (!cell || cell.colSpan > 1 || cell.querySelector(".none"))
		return null;
	const figure = cell.querySelector("data");
	return figure ? Number(figure.value) : cell.textContent.trim();
}

/* What is not known stands last, whichever way it is sorted. */
function compare(a, b, sign) {
	if (a === null || b === null)
		return (a === null) - (b === null);
	if (typeof a === "number" && typeof b === "number")
		return sign * (a - b);
	return sign * String(a).localeCompare(String(b), "en",
	    { numeric: true });
}

/* Mechanisms, floors and stock are bodies of their own, and stay so. */
function sortBy(table, column, sign) {
	for (const body of table.tBodies) {
		const rows = [...body.rows];

		rows.forEach((row, i) => { row.dataset.at ||= i; });
		rows.sort((a, b) => sign && compare(valueOf(a, column),
		    valueOf(b, column), sign) || a.dataset.at - b.dataset.at);
		body.append(...rows);
	}
}

/* Up, down, and as it was. */
function turn(table, th, column) {
	const next = { ascending: "descending", descending: null };
	const now = th.getAttribute("aria-sort");
	const order = now ? next[now] : "ascending";

	for (const other of table.tHead.querySelectorAll("[aria-sort]"))
		other.removeAttribute("aria-sort");
	if (order)
		th.setAttribute("aria-sort", order);
	sortBy(table, column, { ascending: 1, descending: -1 }[order] ?? 0);
}

/* The headings that stand over one column each, with its number. */
function* columnsOf(head) {
	const taken = [...head.rows].map(() => []);

	for (const [y, row] of [...head.rows].entries()) {
		let x = 0;

		for (const th of row.cells) {
			while (taken[y][x])
				x++;
			for (let i = 0; i < th.rowSpan; i++)
				for (let k = 0; k < th.colSpan; k++)
					taken[y + i][x + k] = true;
			if (y + th.rowSpan === head.rows.length)
				yield [th, x];
			x += th.colSpan;
		}
	}
}

function letSort(table) {
	for (const [th, column] of columnsOf(table.tHead)) {
		const button = document.createElement("button");

		button.type = "button";
		button.title = "Sort";
		button.append(...th.childNodes);
		button.addEventListener("click", () => turn(table, th, column));
		th.append(button);
	}
}

const tip = document.createElement("div");

function hide() {
	for (const e of document.querySelectorAll(".on"))
		e.classList.remove("on");
	tip.hidden = true;
}

/* Above the point, or below it at the upper edge; within the window. */
function place(mark) {
	const at = mark.getBoundingClientRect();
	const room = document.documentElement.clientWidth - tip.offsetWidth - 4;
	const left = at.x + at.width / 2 - tip.offsetWidth / 2;
	const above = at.y - tip.offsetHeight - 8;

	tip.style.left = `${Math.max(4, Math.min(left, room)) + scrollX}px`;
	tip.style.top = `${(above < 0 ? at.bottom + 8 : above) + scrollY}px`;
}

function show(point) {
	if (point.classList.contains("on"))
		return;
	hide();
	point.classList.add("on");
	point.closest(".series")?.classList.add("on");
	point.closest(".plot").classList.add("on");
	tip.textContent = point.getAttribute("aria-label");
	tip.hidden = false;
	place(point.querySelector(".dot, .client") ?? point);
}

/* Of points the one that is nearest to x, y on the screen. */
function nearest(points, x, y) {
	let best = null, least = Infinity;

	for (const point of points) {
		const at = point.lastElementChild.getBoundingClientRect();
		const far = Math.hypot(at.x + at.width / 2 - x,
		    at.y + at.height / 2 - y);

		if (far < least)
			[best, least] = [point, far];
	}
	return best;
}

/* In the line above or below, what is nearest; a row is a line of its own. */
function across(points, from, step) {
	const lines = [...new Set(points.map(p => p.closest("g")))];
	const line = lines[lines.indexOf(from.closest("g")) + step];
	const at = from.getBoundingClientRect();

	return line && nearest(points.filter(p => p.closest("g") === line),
	    at.x + at.width / 2, at.y + at.height / 2);
}

const steps = {
	ArrowRight: (points, at) => points[points.indexOf(at) + 1],
	ArrowLeft: (points, at) => points[points.indexOf(at) - 1],
	ArrowDown: (points, at) => across(points, at, 1),
	ArrowUp: (points, at) => across(points, at, -1),
	Home: points => points[0],
	End: points => points.at(-1),
};

/* One stop of the Tab key for a chart; the arrows go on from there. */
function walk(points, event) {
	const from = event.target.closest(".pt");

	if (event.key === "Escape")
		hide();
	if (!from || !(event.key in steps))
		return;
	event.preventDefault();
	const to = steps[event.key](points, from);
	if (!to)
		return;
	from.setAttribute("tabindex", "-1");
	to.setAttribute("tabindex", "0");
	to.focus();
}

function letTell(plot) {
	const points = [...plot.querySelectorAll(".pt")];

	plot.firstElementChild.setAttribute("role", "group");
	points.forEach((point, i) => {
		const title = point.querySelector("title");

		point.setAttribute("role", "img");
		point.setAttribute("aria-label", title.textContent);
		point.setAttribute("tabindex", i === 0 ? "0" : "-1");
		title.remove();
	});
	for (const kind of ["pointermove", "pointerdown"])
		plot.addEventListener(kind, event => show(
		    event.target.closest(".pt") ??
		    nearest(points, event.clientX, event.clientY)));
	plot.addEventListener("pointerleave", hide);
	plot.addEventListener("focusin", event => show(event.target));
	plot.addEventListener("focusout", hide);
	plot.addEventListener("keydown", event => walk(points, event));
}

for (const table of document.querySelectorAll("table"))
	if (table.tHead)
		letSort(table);
for (const plot of document.querySelectorAll(".plot"))
	letTell(plot);
tip.className = "tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);
