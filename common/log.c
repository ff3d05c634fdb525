/*
 * The daemon's log: see log.h. One write per line, straight to stderr, where
 * systemd or the operator's shell takes it up.
 */
#include "log.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"

enum {
	BUCKETS = 64,
	BURST = 20,		/* lines of one event at once */
	LINE_MAX_BYTES = 512,
};

struct bucket {
	const char *event;
	uint64_t last;		/* when tokens were last added */
	unsigned tokens;
	uint64_t dropped;
};

static enum log_level threshold = LOG_LEVEL_INFO;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct bucket buckets[BUCKETS];
static const char *const names[] = { "error", "warn", "info", "debug" };

void
log_set_level(enum log_level level)
{
	threshold = level;
}

int
log_level_parse(const char *name)
{
	for (int i = 0; i < 4; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -EINVAL;
}

static struct bucket *
bucket_of(const char *event)
{
	struct bucket *b = buckets;

	for (; b < buckets + BUCKETS - 1 && b->event != NULL; b++)
		if (b->event == event)
			return b;
	if (b->event == NULL)
		*b = (struct bucket){ .event = event, .tokens = BURST };
	return b;
}

/* A line per second, after a burst: is this one among them? */
static int
bucket_take(struct bucket *b, uint64_t *dropped)
{
	uint64_t now = clock_ns();
	uint64_t earned = (now - b->last) / NS_PER_S;

	if (earned > 0) {
		b->tokens = earned >= BURST - b->tokens ? BURST :
		    b->tokens + (unsigned)earned;
		b->last = now;
	}
	if (b->tokens == 0) {
		b->dropped++;
		return 0;
	}
	b->tokens--;
	*dropped = b->dropped;
	b->dropped = 0;
	return 1;
}

/* A stuck reader of the log must not stop those who serve. */
static bool
can_write(void)
{
	struct pollfd pfd = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&pfd, 1, 0) == 1 && !(pfd.revents & (POLLERR | POLLNVAL));
}

static void
emit(enum log_level level, const char *event, uint64_t dropped,
    const char *tail)
{
	char line[LINE_MAX_BYTES];
	int n = snprintf(line, sizeof(line) - 1, "rpcalld: %s event=%s%s%s",
	    names[level], event, *tail ? " " : "", tail);

	if (n > (int)sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	if (dropped > 0 && n < (int)sizeof(line) - 40)
		n += snprintf(line + n, sizeof(line) - (size_t)n - 1,
		    " dropped=%llu", (unsigned long long)dropped);
	line[n++] = '\n';
	if (can_write())
		fd_write_all(STDERR_FILENO, line, (size_t)n);
}

void
log_event(enum log_level level, const char *event, const char *fmt, ...)
{
	char tail[LINE_MAX_BYTES / 2 + LINE_MAX_BYTES / 4];
	uint64_t dropped = 0;
	int saved = errno;
	va_list ap;

	if (level > threshold)
		return;
	va_start(ap, fmt);
	vsnprintf(tail, sizeof(tail), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&lock);
	if (bucket_take(bucket_of(event), &dropped))
		emit(level, event, dropped, tail);
	pthread_mutex_unlock(&lock);
	errno = saved;
}

const char *
log_escape(char *out, unsigned size, const char *text)
{
	unsigned n = 0;

	for (; *text && n + 5 < size; text++) {
		unsigned char c = (unsigned char)*text;

		if (isgraph(c) && c != '\\' && c != '"')
			out[n++] = (char)c;
		else
			n += (unsigned)snprintf(out + n, 5, "\\x%02x", c);
	}
	out[n] = '\0';
	return out;
}
