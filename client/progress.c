/*
 * The progress line: see progress.h.
 */
#include "progress.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "options.h"

enum { BAR = 24, DRAW_MS = 100 };

static bool shown;

/* Looked up once: a transfer asks for each of its blocks. */
bool
progress_is_shown(void)
{
	static int terminal = -1;
	const char *term = getenv("TERM");

	if (terminal < 0)
		terminal = isatty(STDERR_FILENO) && term != NULL &&
		    strcmp(term, "dumb") != 0;
	return !common.no_progress && !common.quiet && terminal;
}

/* What is wider than the terminal is cut by it, not wrapped. */
static void
begin_line(void)
{
	fputs("\r\033[K\033[?7l", stderr);
}

static void
end_line(void)
{
	fputs("\033[?7h", stderr);
	fflush(stderr);
	shown = true;
}

static void
draw_left(uint64_t seconds)
{
	fprintf(stderr, "  %llu:%02llu left", (unsigned long long)seconds / 60,
	    (unsigned long long)seconds % 60);
}

void
progress_show(size_t done, size_t all, const char *text)
{
	static uint64_t start, drawn;
	uint64_t now = clock_ns();

	if (!progress_is_shown() || all == 0)
		return;
	if (start == 0 || done <= 1)
		start = now;
	else if (now - drawn < DRAW_MS * NS_PER_MS)
		return;
	drawn = now;
	begin_line();
	fprintf(stderr, "%3zu %%", (done - 1) * 100 / all);
	if (done > 1)
		draw_left((uint64_t)((double)(now - start) / (double)(done - 1) *
		    (double)(all - done + 1) / NS_PER_S));
	fprintf(stderr, "  %s", text);
	end_line();
}

/* "12.3 MiB" */
static const char *
text_of(char *out, size_t size, double bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB",
		"PiB", "EiB" };
	unsigned u = 0;

	for (; bytes >= 1000 && u < sizeof(units) / sizeof(units[0]) - 1; u++)
		bytes /= 1024;
	snprintf(out, size, u == 0 ? "%.0f %s" : "%.1f %s", bytes, units[u]);
	return out;
}

static void
draw_bar(double share)
{
	int full = (int)(share * BAR);

	fputc('[', stderr);
	for (int i = 0; i < BAR; i++)
		fputc(i < full ? '=' : i == full ? '>' : ' ', stderr);
	fprintf(stderr, "] %3.0f %%  ", share * 100);
}

static void
draw_bytes(uint64_t done, uint64_t all, uint64_t first, uint64_t ns,
    const char *what)
{
	double rate = (double)(done - first) / (double)ns * NS_PER_S;
	char text[32], speed[32];

	begin_line();
	fprintf(stderr, "%.40s  ", what);
	if (all > 0)
		draw_bar((double)done / (double)all);
	fprintf(stderr, "%s  %s/s", text_of(text, sizeof(text), (double)done),
	    text_of(speed, sizeof(speed), rate));
	if (all > 0 && rate > 0)
		draw_left((uint64_t)((double)(all - done) / rate));
	end_line();
}

void
progress_bytes(uint64_t done, uint64_t all, const char *what)
{
	static uint64_t start, drawn, first;
	uint64_t now;

	if (!progress_is_shown())
		return;
	now = clock_ns();
	if (start == 0) {
		start = drawn = now;
		first = done;
	}
	if (now - drawn < DRAW_MS * NS_PER_MS)
		return;
	drawn = now;
	draw_bytes(done, all, first, now - start, what);
}

void
progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
