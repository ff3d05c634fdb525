/*
 * The progress line: see progress.h.
 */
#include "progress.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "options.h"

static bool shown;

static bool
wanted(void)
{
	return !common.no_progress && !common.quiet && isatty(STDERR_FILENO);
}

void
progress_show(size_t done, size_t all, const char *fmt, ...)
{
	static uint64_t start;
	uint64_t now = clock_ns();
	char text[80];
	va_list ap;

	if (!wanted() || all == 0)
		return;
	if (start == 0)
		start = now;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "\r\033[K%3zu %%  %s", done * 100 / all, text);
	if (done > 1)
		fprintf(stderr, "  %llu s left", (unsigned long long)
		    ((double)(now - start) / (double)(done - 1) *
		    (double)(all - done + 1) / NS_PER_S));
	fflush(stderr);
	shown = true;
}

void
progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
