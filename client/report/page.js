/*
 * What the report can do beyond being read: its tables sort. The page's policy
 * lets this text run and no other; without it everything is there to read.
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

for (const table of document.querySelectorAll("table"))
	if (table.tHead)
		letSort(table);
