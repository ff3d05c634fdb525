/*
 * The table of services: see service.h. Filled from idl/services.def.
 */
#include "server/service.h"

#include <errno.h>
#include <string.h>

#include "server/options.h"
#include "services.h"

/* Hooks are weak: most services define none. */
#define SERVICE(file, prog, vers, table)		\
	extern struct rpcgen_table table##_table[];	\
	extern int table##_nproc;			\
	extern const struct service_hooks file##_service __attribute__((weak));
#include "idl/services.def"
#undef SERVICE

static struct service table[] = {
#define SERVICE(file, prog_, vers_, table_)				\
	{ .name = #file, .prog = prog_, .vers = vers_,			\
	    .rows = table_##_table, .hooks = &file##_service },
#include "idl/services.def"
#undef SERVICE
};

const struct service *const services = table;
unsigned nservices = sizeof(table) / sizeof(table[0]);

static int
check_unique(void)
{
	for (unsigned i = 0; i < nservices; i++)
		for (unsigned k = 0; k < i; k++)
			if (table[i].prog == table[k].prog &&
			    table[i].vers == table[k].vers)
				return -EEXIST;
	return 0;
}

static unsigned slots = 1;

static void
add_slots(struct service *s, uint32_t nrows)
{
	s->nrows = nrows;
	s->slot = slots;
	slots += nrows;
}

unsigned
services_slots(void)
{
	return slots;
}

static bool_t
answer_null(void *arg, void *res, struct svc_req *rq)
{
	(void)arg, (void)res, (void)rq;
	return TRUE;
}

/* Programs whose .x begins with procedure 1 have a row without a handler for
 * procedure 0, which is to answer all the same (RFC 5531 section 12.1). */
static void
supply_null(struct rpcgen_table *row)
{
	if (row->proc == NULL)
		row->proc = answer_null;
}

int
services_init(void)
{
	unsigned i = 0;

	slots = 1;
	/* The tables' lengths are variables in rpcgen's code. */
#define SERVICE(file, prog, vers, table_)			\
	supply_null(&table_##_table[0]);			\
	add_slots(&table[i++], (uint32_t)table_##_nproc);
#include "idl/services.def"
#undef SERVICE
	return check_unique();
}

static bool
is_named(const struct service_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return true;
	return false;
}

bool
service_exists(const char *name)
{
	for (unsigned i = 0; i < nservices; i++)
		if (strcmp(table[i].name, name) == 0)
			return true;
	return false;
}

void
services_select(const struct options *o)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < nservices; i++) {
		const struct service *s = &table[i];
		bool off = s->hooks != NULL && s->hooks->off;

		if (is_named(&o->disable, s->name) ||
		    (off && !is_named(&o->enable, s->name)))
			continue;
		table[kept++] = *s;
	}
	nservices = kept;
}

/* Hooks belong to a file: its first version stands for the others. */
static const struct service_hooks *
hooks_of(unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (table[k].hooks == table[i].hooks)
			return NULL;
	return table[i].hooks;
}

static unsigned started;	/* services whose start hook was called */

int
services_start(struct server *s, const struct options *o, const char **name,
    char *why, size_t size)
{
	for (started = 0; started < nservices; started++) {
		const struct service_hooks *h = hooks_of(started);
		int err = h != NULL && h->start != NULL ?
		    h->start(s, o, why, size) : 0;

		if (err) {
			*name = table[started].name;
			services_stop();
			return err;
		}
	}
	return 0;
}

void
services_drain(void)
{
	for (unsigned i = 0; i < started; i++) {
		const struct service_hooks *h = hooks_of(i);

		if (h != NULL && h->drain != NULL)
			h->drain();
	}
}

void
services_stop(void)
{
	while (started > 0) {
		const struct service_hooks *h = hooks_of(--started);

		if (h != NULL && h->stop != NULL)
			h->stop();
	}
}

void
services_gauges(void (*show)(const char *name, uint64_t value, void *arg),
    void *arg)
{
	for (unsigned i = 0; i < nservices; i++) {
		const struct service_hooks *h = hooks_of(i);

		if (h != NULL && h->gauges != NULL)
			h->gauges(show, arg);
	}
}

size_t
services_args_size(void)
{
	size_t size = 16;

	for (unsigned i = 0; i < nservices; i++)
		for (uint32_t p = 0; p < table[i].nrows; p++) {
			const struct rpcgen_table *row = &table[i].rows[p];

			if (row->len_arg > size)
				size = row->len_arg;
			if (row->len_res > size)
				size = row->len_res;
		}
	return (size + 15) & ~(size_t)15;
}
