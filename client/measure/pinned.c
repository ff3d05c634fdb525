/*
 * Pinning another process: see pinned.h. Called by placement.c.
 */
#include "measure/pinned.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure/child.h"

/* Calls each() for every thread of pid: 0 or -errno. */
static int
for_threads(struct pinned *p, pid_t pid,
    int (*each)(struct pinned *p, pid_t tid))
{
	struct dirent *entry;
	char path[64];
	int err = 0;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	if (tasks == NULL)
		return errno == ENOENT ? -ESRCH : -errno;
	while (err == 0 && (entry = readdir(tasks)) != NULL)
		if (entry->d_name[0] != '.')
			err = each(p, (pid_t)atol(entry->d_name));
	closedir(tasks);
	return err;
}

static int
remember(struct pinned *p, pid_t tid)
{
	struct pinned_thread *t = &p->threads[p->n];

	if (p->n == PINNED_THREADS_MAX)
		return -E2BIG;
	t->tid = tid;
	if (sched_getaffinity(tid, sizeof(t->set), &t->set) == 0)
		p->n++;
	else if (errno != ESRCH)
		return -errno;
	return 0;
}

static const cpu_set_t *
set_of(const struct pinned *p, pid_t tid)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->threads[i].tid == tid)
			return &p->threads[i].set;
	return &p->threads[0].set;
}

static int
put_back(struct pinned *p, pid_t tid)
{
	sched_setaffinity(tid, sizeof(cpu_set_t), set_of(p, tid));
	return 0;	/* the others in any case */
}

static int
move_all(struct pinned *p, int cpu)
{
	int err = for_threads(p, p->pid, remember);

	for (size_t i = 0; err == 0 && i < p->n; i++) {
		err = child_pin(p->threads[i].tid, cpu);
		err = err == -ESRCH ? 0 : err;
	}
	return err == 0 && p->n == 0 ? -ESRCH : err;
}

int
pinned_set(struct pinned *p, pid_t pid, int cpu)
{
	int err;

	*p = (struct pinned){ .pid = pid,
		.threads = calloc(PINNED_THREADS_MAX + 1, sizeof(*p->threads)) };
	if (p->threads == NULL) {
		p->pid = 0;
		return -ENOMEM;
	}
	err = move_all(p, cpu);
	if (err)
		pinned_restore(p);
	return err;
}

void
pinned_restore(struct pinned *p)
{
	if (p->pid > 0 && p->n > 0)
		for_threads(p, p->pid, put_back);
	free(p->threads);
	*p = (struct pinned){ 0 };
}
