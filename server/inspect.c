/*
 * Reading the daemon's counters: see inspect.h.
 */
#include "server/inspect.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "server/server.h"
#include "server/service.h"
#include "server/worker.h"

/* Counting them one by one takes long where there are many: not more often. */
enum { COUNT_AGAIN_MS = 1000 };

static size_t
count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	if (dir == NULL)
		return 0;
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n > 3 ? n - 3 : 0;	/* ".", ".." and the directory's own */
}

static size_t
open_descriptors(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static uint64_t counted;
	static size_t n;
	struct stat st;
	size_t result;

	/* Linux 6.2 and later have the count as the directory's size. */
	if (stat("/proc/self/fd", &st) == 0 && st.st_size > 0)
		return (size_t)st.st_size;
	pthread_mutex_lock(&lock);
	if (counted == 0 || clock_ns() - counted > COUNT_AGAIN_MS * NS_PER_MS) {
		n = count_descriptors();
		counted = clock_ns();
	}
	result = n;
	pthread_mutex_unlock(&lock);
	return result;
}

/* The second number of statm is the resident set, in pages. */
static uint64_t
resident_bytes(void)
{
	char text[256], *end;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : fd_read(fd, text, sizeof(text) - 1);

	fd_close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	strtoull(text, &end, 10);
	return strtoull(end, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t
limit_of_descriptors(void)
{
	struct rlimit r;

	return getrlimit(RLIMIT_NOFILE, &r) == 0 ? r.rlim_cur : 0;
}

static uint64_t
deferred_waiting(const struct server *s)
{
	uint64_t started = 0, answered = 0;

	/* In this order: else an answer in between would count as minus one. */
	for (unsigned i = 0; i < s->nworkers; i++)
		answered += tally_get(&s->workers[i].counters.answered);
	for (unsigned i = 0; i < s->nworkers; i++)
		started += tally_get(&s->workers[i].counters.deferred);
	return started > answered ? started - answered : 0;
}

static uint64_t
epoll_waits(const struct server *s)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < s->nworkers; i++)
		n += tally_get(&s->workers[i].loop.waits);
	return n;
}

/* What the workers asked of the kernel on the way of messages. */
static struct kernel_tally
kernel_sum(const struct server *s)
{
	struct kernel_tally sum = { 0 };

	for (unsigned i = 0; i < s->nworkers; i++)
		for (unsigned k = 0; k < DIRECT_THREADS; k++) {
			const struct kernel_tally *t =
			    &s->workers[i].kernel[k];

			sum.calls += tally_get(&t->calls);
			sum.bytes += tally_get(&t->bytes);
		}
	return sum;
}

static uint64_t
cpu_ns(const struct timeval *tv)
{
	return (uint64_t)tv->tv_sec * NS_PER_S +
	    (uint64_t)tv->tv_usec * NS_PER_US;
}

void
inspect_figures(struct server *s, void (*show)(const char *name,
    uint64_t value, void *arg), void *arg)
{
	struct kernel_tally kernel = kernel_sum(s);
	struct rusage u = { 0 };

	getrusage(RUSAGE_SELF, &u);
	show("peers", atomic_load(&s->peers), arg);
	show("peers_limit", s->limits.peers, arg);
	show("fifo_sessions", atomic_load(&s->fifo_sessions), arg);
	events_each(&s->events, show, arg);
	show("buffers_bytes", atomic_load(&s->budget.used), arg);
	show("buffers_limit_bytes", s->budget.limit, arg);
	show("descriptors", open_descriptors(), arg);
	show("descriptors_limit", limit_of_descriptors(), arg);
	show("resident_bytes", resident_bytes(), arg);
	show("deferred_waiting", deferred_waiting(s), arg);
	show("epoll_waits_total", epoll_waits(s), arg);
	show("message_calls_total", kernel.calls, arg);
	show("message_bytes_total", kernel.bytes, arg);
	show("cpu_user_ns_total", cpu_ns(&u.ru_utime), arg);
	show("cpu_system_ns_total", cpu_ns(&u.ru_stime), arg);
	services_gauges(show, arg);
}

void
inspect_limits(const struct server *s, void (*show)(const char *name,
    uint64_t value, void *arg), void *arg)
{
	limits_each(&s->limits, show, arg);
}

void
inspect_setup(const struct server *s, struct inspect_setup *setup)
{
	setup->workers = s->nworkers;
	setup->cpus = s->ncpus;
	setup->spin_us = s->spin_us;
}

static void
add(struct counter *sum, const struct counter *k)
{
	sum->calls += tally_get(&k->calls);
	sum->bytes_in += tally_get(&k->bytes_in);
	sum->bytes_out += tally_get(&k->bytes_out);
	for (int i = 0; i < OUTCOMES; i++)
		sum->outcomes[i] += tally_get(&k->outcomes[i]);
	sum->timed_ns += tally_get(&k->timed_ns);
	for (int i = 0; i < LATENCY_BUCKETS; i++)
		sum->timed[i] += tally_get(&k->timed[i]);
}

bool
inspect_counter(const struct server *s, size_t slot, enum mech_id mech,
    struct counter *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < s->nworkers; i++) {
		const struct counter *k = counters_of(
		    &s->workers[i].counters, mech) + slot;

		if (tally_get(&k->calls) > 0)
			add(sum, k);
	}
	return sum->calls > 0;
}

size_t
inspect_endpoints(const struct server *s)
{
	return s->nendpoints;
}

bool
inspect_endpoint(const struct server *s, size_t i, struct inspect_endpoint *e)
{
	const struct endpoint *ep = &s->endpoints[i];

	if (i >= s->nendpoints || !ep->open)
		return false;
	e->mechanism = mech_info[ep->target.mech].name;
	e->netid = ep->netid;
	target_format(&ep->target, e->uri, e->size);
	return true;
}
