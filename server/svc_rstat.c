/*
 * rstat, the classic kernel statistics (rpcsvc-proto's rstat.x), for rup(1)
 * and the like: versions 1 to 3, of which each later one tells more.
 *
 * Counters are 32 bits wide there and wrap. To read all of /proc costs more
 * than to ask for it, so that an answer may be SAMPLE_NS old.
 */
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "rstat.h"
#include "server/machine.h"

#define SAMPLE_NS (200 * NS_PER_MS)

_Static_assert(CPUSTATES == (int)MACHINE_CPU_STATES, "states of a CPU");
_Static_assert(DK_NDRIVE == (int)MACHINE_DISKS, "disks");

/* The older results are the beginning of the newest, with what follows it. */
_Static_assert(offsetof(stats, if_opackets) == offsetof(statstime, v_swtch) &&
    offsetof(statsswtch, v_swtch) == offsetof(statstime, v_swtch),
    "what all versions have in common");

static struct {
	pthread_mutex_t lock;
	uint64_t taken;		/* clock_ns(); 0: never */
	struct machine machine;
} sample = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
look(struct machine *m)
{
	uint64_t now = clock_ns();

	pthread_mutex_lock(&sample.lock);
	if (sample.taken == 0 || now - sample.taken > SAMPLE_NS) {
		machine_read(&sample.machine);
		sample.taken = now;
	}
	*m = sample.machine;
	pthread_mutex_unlock(&sample.lock);
}

/* Old rup(1) have cp_time and dk_xfer signed; the bits are the same. */
static int
wrapped(uint64_t n)
{
	return (int)(uint32_t)n;
}

static u_int
pages(uint64_t kib)
{
	return (u_int)(kib * 1024 / (uint64_t)sysconf(_SC_PAGESIZE));
}

static void
fill_activity(statstime *res, const struct machine *m)
{
	for (int i = 0; i < CPUSTATES; i++)
		res->cp_time[i] = wrapped(m->cpu[i]);
	for (int i = 0; i < DK_NDRIVE; i++)
		res->dk_xfer[i] = wrapped(m->transfers[i]);
	res->v_pgpgin = pages(m->kib_in);
	res->v_pgpgout = pages(m->kib_out);
	res->v_pswpin = (u_int)m->pages_in;
	res->v_pswpout = (u_int)m->pages_out;
	res->v_intr = (u_int)m->interrupts;
	res->v_swtch = (u_int)m->switches;
}

static void
fill_network(statstime *res, const struct machine *m)
{
	res->if_ipackets = wrapped(m->packets_in);
	res->if_ierrors = wrapped(m->errors_in);
	res->if_opackets = wrapped(m->packets_out);
	res->if_oerrors = wrapped(m->errors_out);
	res->if_collisions = wrapped(m->collisions);
}

bool_t
rstatproc_stats_3_svc(void *arg, statstime *res, struct svc_req *rq)
{
	struct machine m;

	(void)arg, (void)rq;
	look(&m);
	fill_activity(res, &m);
	fill_network(res, &m);
	for (int i = 0; i < MACHINE_LOADS; i++)
		res->avenrun[i] = wrapped(m.load[i]);
	/* No microseconds: a rup(1) of 64 bits takes them for the upper half
	 * of a time_t. */
	res->boottime.tv_sec = (u_int)m.boot;
	res->curtime.tv_sec = (u_int)time(NULL);
	return TRUE;
}

bool_t
rstatproc_stats_2_svc(void *arg, statsswtch *res, struct svc_req *rq)
{
	statstime all = { 0 };

	rstatproc_stats_3_svc(arg, &all, rq);
	memcpy(res, &all, offsetof(statsswtch, avenrun));
	for (int i = 0; i < MACHINE_LOADS; i++)
		res->avenrun[i] = (u_int)all.avenrun[i];
	res->boottime = all.boottime;
	res->if_opackets = all.if_opackets;
	return TRUE;
}

bool_t
rstatproc_stats_1_svc(void *arg, stats *res, struct svc_req *rq)
{
	statstime all = { 0 };

	rstatproc_stats_3_svc(arg, &all, rq);
	memcpy(res, &all, offsetof(stats, if_opackets));
	res->if_opackets = all.if_opackets;
	return TRUE;
}

bool_t
rstatproc_havedisk_3_svc(void *arg, u_int *res, struct svc_req *rq)
{
	struct machine m;

	(void)arg, (void)rq;
	look(&m);
	*res = m.ndisks > 0;
	return TRUE;
}

bool_t
rstatproc_havedisk_2_svc(void *arg, u_int *res, struct svc_req *rq)
{
	return rstatproc_havedisk_3_svc(arg, res, rq);
}

bool_t
rstatproc_havedisk_1_svc(void *arg, u_int *res, struct svc_req *rq)
{
	return rstatproc_havedisk_3_svc(arg, res, rq);
}
