/*
 * The time of day: see when.h. Used by verb_watch.c.
 */
#include "when.h"

#include <stdio.h>
#include <time.h>

#include "clock.h"

static const char *
format(char *out, const struct tm *tm, char between, long ns,
    const char *zone)
{
	snprintf(out, WHEN_SIZE, "%04d-%02d-%02d%c%02d:%02d:%02d.%03ld%s",
	    tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, between,
	    tm->tm_hour, tm->tm_min, tm->tm_sec, ns / (long)NS_PER_MS, zone);
	return out;
}

const char *
when_local(char out[WHEN_SIZE])
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	return format(out, &tm, ' ', now.tv_nsec, "");
}

const char *
when_utc(char out[WHEN_SIZE])
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	return format(out, &tm, 'T', now.tv_nsec, "Z");
}
