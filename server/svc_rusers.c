/*
 * rusers, who is logged in (rpcsvc-proto's rusers.x for version 3, rusers2.x
 * for version 2), for rusers(1). Off unless asked for: it tells strangers who
 * is there. Answers hold the first LOGINS_MAX logins; NUM counts all.
 */
#include <paths.h>
#include <stdlib.h>
#include <string.h>

#include "rusers.h"
#include "rusers2.h"
#include "server/logins.h"
#include "server/service.h"

_Static_assert(RUSERS2_MAX == (int)LOGINS_MAX, "entries in an answer");

static size_t
read_logins(bool all, struct login list[LOGINS_MAX])
{
	size_t n = logins_read(_PATH_UTMP, all, list, LOGINS_MAX);

	return n < LOGINS_MAX ? n : LOGINS_MAX;
}

/* What there is of the result is freed with the call. */
static bool_t
no_memory(struct svc_req *rq)
{
	svcerr_systemerr(rq->rq_xprt);
	return FALSE;
}

bool_t
rusersproc_num_3_svc(void *arg, int *res, struct svc_req *rq)
{
	(void)arg, (void)rq;
	*res = (int)logins_read(_PATH_UTMP, false, NULL, 0);
	return TRUE;
}

static bool
fill(rusers_utmp *to, const struct login *l)
{
	to->ut_user = strdup(l->user);
	to->ut_line = strdup(l->line);
	to->ut_host = strdup(l->host);
	to->ut_type = l->type;
	to->ut_time = (int)l->time;
	to->ut_idle = login_idle(l);
	return to->ut_user != NULL && to->ut_line != NULL &&
	    to->ut_host != NULL;
}

static bool_t
names(bool all, utmp_array *res, struct svc_req *rq)
{
	struct login list[LOGINS_MAX];
	size_t n = read_logins(all, list);

	if (n == 0)
		return TRUE;
	res->utmp_array_val = calloc(n, sizeof(*res->utmp_array_val));
	if (res->utmp_array_val == NULL)
		return no_memory(rq);
	res->utmp_array_len = (u_int)n;
	for (size_t i = 0; i < n; i++)
		if (!fill(&res->utmp_array_val[i], &list[i]))
			return no_memory(rq);
	return TRUE;
}

bool_t
rusersproc_names_3_svc(void *arg, utmp_array *res, struct svc_req *rq)
{
	(void)arg;
	return names(false, res, rq);
}

bool_t
rusersproc_allnames_3_svc(void *arg, utmp_array *res, struct svc_req *rq)
{
	(void)arg;
	return names(true, res, rq);
}

bool_t
rusers2_null_2_svc(void *arg, void *res, struct svc_req *rq)
{
	(void)arg, (void)res, (void)rq;
	return TRUE;
}

bool_t
rusers2_num_2_svc(void *arg, int *res, struct svc_req *rq)
{
	return rusersproc_num_3_svc(arg, res, rq);
}

/* size bytes: as much of text as fits, the rest NUL. */
static char *
fixed(const char *text, u_int size, u_int *len)
{
	char *out = calloc(1, size);

	if (out != NULL)
		memcpy(out, text, strnlen(text, size));
	*len = out != NULL ? size : 0;
	return out;
}

static bool
fill2(rusers2_user *to, const struct login *l)
{
	to->line.line_val = fixed(l->line, RUSERS2_LINE, &to->line.line_len);
	to->name.name_val = fixed(l->user, RUSERS2_NAME, &to->name.name_len);
	to->host.host_val = fixed(l->host, RUSERS2_HOST, &to->host.host_len);
	to->time = (int)l->time;
	to->idle = login_idle(l);
	return to->line.line_val != NULL && to->name.name_val != NULL &&
	    to->host.host_val != NULL;
}

static bool_t
names2(bool all, rusers2_list *res, struct svc_req *rq)
{
	struct login list[LOGINS_MAX];
	size_t n = read_logins(all, list);

	if (n == 0)
		return TRUE;
	res->rusers2_list_val = calloc(n, sizeof(*res->rusers2_list_val));
	if (res->rusers2_list_val == NULL)
		return no_memory(rq);
	res->rusers2_list_len = (u_int)n;
	for (size_t i = 0; i < n; i++)
		if (!fill2(&res->rusers2_list_val[i], &list[i]))
			return no_memory(rq);
	return TRUE;
}

bool_t
rusers2_names_2_svc(void *arg, rusers2_list *res, struct svc_req *rq)
{
	(void)arg;
	return names2(false, res, rq);
}

bool_t
rusers2_allnames_2_svc(void *arg, rusers2_list *res, struct svc_req *rq)
{
	(void)arg;
	return names2(true, res, rq);
}

const struct service_hooks rusers_service = { .off = true };
