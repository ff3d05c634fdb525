/*
 * The lists of fields.h, and how one member is written and read.
 */
#include "report/fields.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/result.h"

#define FIELD(of, member, kind) \
	{ #member, kind, offsetof(struct of, member), \
	    sizeof(((struct of *)0)->member) }
#define NAMED(of, name, member, kind) \
	{ name, kind, offsetof(struct of, member), \
	    sizeof(((struct of *)0)->member) }

const struct field env_fields[] = {
	FIELD(env, version, FIELD_TEXT),
	FIELD(env, command, FIELD_TEXT),
	FIELD(env, date, FIELD_TEXT),
	FIELD(env, host, FIELD_TEXT),
	FIELD(env, kernel, FIELD_TEXT),
	FIELD(env, cpu, FIELD_TEXT),
	FIELD(env, cores, FIELD_UNSIGNED),
	FIELD(env, governor, FIELD_TEXT),
	FIELD(env, clocksource, FIELD_TEXT),
	FIELD(env, clock_cost_ns, FIELD_REAL),
	FIELD(env, placement, FIELD_TEXT),
	FIELD(env, spin, FIELD_TEXT),
	FIELD(env, seed, FIELD_U64_TEXT),
	FIELD(env, preset, FIELD_TEXT),
	FIELD(env, seconds, FIELD_REAL),
	FIELD(env, planned_seconds, FIELD_REAL),
	FIELD(env, partial, FIELD_BOOL),
	FIELD(env, one_cpu, FIELD_BOOL),
	FIELD(env, together, FIELD_BOOL),
	FIELD(env, virtual_machine, FIELD_BOOL),
	{ .name = NULL },
};

const struct field file_fields[] = {
	FIELD(result_file, path, FIELD_TEXT),
	{ .name = NULL },
};

const struct field mech_fields[] = {
	FIELD(mech_facts, name, FIELD_TEXT),
	FIELD(mech_facts, target, FIELD_TEXT),
	FIELD(mech_facts, direction, FIELD_TEXT),
	FIELD(mech_facts, endpoint, FIELD_TEXT),
	FIELD(mech_facts, reach, FIELD_TEXT),
	FIELD(mech_facts, outlives, FIELD_TEXT),
	FIELD(mech_facts, boundaries, FIELD_TEXT),
	FIELD(mech_facts, atomic_write, FIELD_TEXT),
	FIELD(mech_facts, kernel_buffer, FIELD_TEXT),
	FIELD(mech_facts, peer_known, FIELD_TEXT),
	FIELD(mech_facts, pipe_bytes, FIELD_UNSIGNED),
	FIELD(mech_facts, nagle, FIELD_BOOL),
	{ .name = NULL },
};

const struct field table_fields[] = {
	FIELD(table, title, FIELD_TEXT),
	FIELD(table, workload, FIELD_TEXT),
	FIELD(table, store, FIELD_TEXT),
	FIELD(table, durability, FIELD_TEXT),
	FIELD(table, in_memory, FIELD_BOOL),
	FIELD(table, verified, FIELD_TEXT),
	FIELD(table, procedure, FIELD_TEXT),
	FIELD(table, size, FIELD_UNSIGNED),
	FIELD(table, outstanding, FIELD_UNSIGNED),
	FIELD(table, connections, FIELD_UNSIGNED),
	FIELD(table, arrivals, FIELD_TEXT),
	FIELD(table, rate, FIELD_U64),
	FIELD(table, ended_by, FIELD_TEXT),
	FIELD(table, promise, FIELD_TEXT),
	FIELD(table, broken_by, FIELD_TEXT),
	{ .name = NULL },
};

const struct field row_fields[] = {
	FIELD(row, name, FIELD_TEXT),
	NAMED(row, "floor", floor_name, FIELD_TEXT),
	NAMED(row, "stock", stock_name, FIELD_TEXT),
	NAMED(row, "again", twin_name, FIELD_TEXT),
	FIELD(row, unplaced, FIELD_BOOL),
	FIELD(row, measured, FIELD_BOOL),
	NAMED(row, "void", is_void, FIELD_BOOL),
	FIELD(row, note, FIELD_TEXT),
	FIELD(row, unfit, FIELD_BOOL),
	FIELD(row, calls, FIELD_U64),
	FIELD(row, warmup_calls, FIELD_U64),
	FIELD(row, errors, FIELD_U64),
	FIELD(row, resent, FIELD_U64),
	NAMED(row, "server_counts_calls", counts_calls, FIELD_BOOL),
	NAMED(row, "server_counts_bytes", counts_bytes, FIELD_BOOL),
	FIELD(row, bytes, FIELD_U64),
	FIELD(row, wall_ns, FIELD_REAL),
	{ .name = NULL },
};

const struct field shares_fields[] = {
	FIELD(shares, window_ns, FIELD_REAL),
	FIELD(shares, client_ns, FIELD_REAL),
	FIELD(shares, server_ns, FIELD_REAL),
	FIELD(shares, other_ns, FIELD_REAL),
	FIELD(shares, steal_ns, FIELD_REAL),
	FIELD(shares, machine_known, FIELD_BOOL),
	{ .name = NULL },
};

const struct field found_fields[] = {
	FIELD(found, promise, FIELD_TEXT),
	FIELD(found, outcome, FIELD_TEXT),
	FIELD(found, rate, FIELD_U64),
	NAMED(found, "breaks_at", breaks, FIELD_U64),
	FIELD(found, trials, FIELD_UNSIGNED),
	FIELD(found, text, FIELD_TEXT),
	{ .name = NULL },
};

const struct field paced_fields[] = {
	FIELD(paced, scheduled, FIELD_U64),
	FIELD(paced, missed, FIELD_U64),
	FIELD(paced, held, FIELD_U64),
	FIELD(paced, unsent, FIELD_U64),
	{ .name = NULL },
};

const struct field setup_fields[] = {
	FIELD(setup, name, FIELD_TEXT),
	FIELD(setup, note, FIELD_TEXT),
	{ .name = NULL },
};

const struct field spread_fields[] = {
	FIELD(spread, n, FIELD_UNSIGNED),
	FIELD(spread, median_ns, FIELD_REAL),
	FIELD(spread, low_ns, FIELD_REAL),
	FIELD(spread, high_ns, FIELD_REAL),
	{ .name = NULL },
};

#define FAILED(kind) \
	{ #kind, FIELD_U64, offsetof(struct row, failed) + \
	    REPLY_##kind * sizeof(uint64_t), sizeof(uint64_t) }

const struct field failed_fields[] = {
	FAILED(PROG_UNAVAIL),
	FAILED(PROG_MISMATCH),
	FAILED(PROC_UNAVAIL),
	FAILED(GARBAGE_ARGS),
	FAILED(SYSTEM_ERR),
	FAILED(AUTH_ERROR),
	FAILED(RPC_MISMATCH),
	{ "BAD_RESULT", FIELD_U64, offsetof(struct row, failed) +
	    FAILED_BAD_RESULT * sizeof(uint64_t), sizeof(uint64_t) },
	{ .name = NULL },
};

const struct field round_fields[] = {
	FIELD(round, p50_ns, FIELD_REAL),
	FIELD(round, mean_ns, FIELD_REAL),
	FIELD(round, p90_ns, FIELD_REAL),
	FIELD(round, p99_ns, FIELD_REAL),
	FIELD(round, encode_ns, FIELD_REAL),
	FIELD(round, dispatch_ns, FIELD_REAL),
	FIELD(round, calls, FIELD_U64),
	FIELD(round, lost, FIELD_U64),
	FIELD(round, wall_ns, FIELD_REAL),
	FIELD(round, slow, FIELD_BOOL),
	{ .name = NULL },
};

static void
put(struct jsonw *w, const struct field *f, const void *value)
{
	char text[24];

	switch (f->kind) {
	case FIELD_TEXT:
		jsonw_string(w, f->name, value);
		break;
	case FIELD_BOOL:
		jsonw_bool(w, f->name, *(const bool *)value);
		break;
	case FIELD_UNSIGNED:
		jsonw_uint(w, f->name, *(const unsigned *)value);
		break;
	case FIELD_U64:
		jsonw_uint(w, f->name, *(const uint64_t *)value);
		break;
	case FIELD_U64_TEXT:
		snprintf(text, sizeof(text), "%" PRIu64,
		    *(const uint64_t *)value);
		jsonw_string(w, f->name, text);
		break;
	case FIELD_REAL:
		jsonw_real(w, f->name, *(const double *)value);
		break;
	}
}

void
fields_put(struct jsonw *w, const struct field *list, const void *base)
{
	for (; list->name != NULL; list++)
		put(w, list, (const char *)base + list->at);
}

uint32_t
json_member(const struct json *j, uint32_t object, const char *name)
{
	const struct json_token *o = &j->tokens[object];
	uint32_t at = object + 1;

	if (o->kind != JSON_OBJECT)
		return 0;
	for (uint32_t n = 0; n < o->count; n++) {
		uint32_t value = at + 1;

		if (json_is(j, &j->tokens[at], name))
			return value;
		at = j->tokens[value].next;
	}
	return 0;
}

/* The text of a number, which ends where the token does; "" of others. */
static const char *
number_text(const struct json *j, uint32_t i, char text[32])
{
	const struct json_token *t = &j->tokens[i];
	bool number = t->kind == JSON_NUMBER && t->len < 32;

	snprintf(text, 32, "%.*s", number ? (int)t->len : 0, j->text + t->at);
	return text;
}

double
json_real(const struct json *j, uint32_t i)
{
	char text[32];

	if (j->tokens[i].kind == JSON_NULL)
		return NAN;
	return strtod(number_text(j, i, text), NULL);
}

uint64_t
json_u64(const struct json *j, uint32_t i)
{
	char text[32];

	return strtoull(number_text(j, i, text), NULL, 10);
}

static int
get_text(const struct json *j, uint32_t i, char *value, size_t size)
{
	struct buf b = { 0 };
	int err = json_string(j, &j->tokens[i], &b);

	if (err == 0) {
		size_t n = b.len < size - 1 ? b.len : size - 1;

		if (n > 0)
			memcpy(value, b.data, n);
		value[n] = '\0';
	}
	buf_release(&b);
	return err;
}

/* "18446744073709551615" */
static int
get_u64_text(const struct json *j, uint32_t i, uint64_t *value)
{
	char text[24];
	int err = get_text(j, i, text, sizeof(text));

	if (err == 0)
		*value = strtoull(text, NULL, 10);
	return err;
}

static bool
fits(const struct field *f, const struct json_token *t)
{
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_U64_TEXT:
		return t->kind == JSON_STRING;
	case FIELD_BOOL:
		return t->kind == JSON_TRUE || t->kind == JSON_FALSE;
	case FIELD_REAL:
		return t->kind == JSON_NUMBER || t->kind == JSON_NULL;
	default:
		return t->kind == JSON_NUMBER;
	}
}

static int
get(const struct json *j, uint32_t i, const struct field *f, void *value)
{
	if (!fits(f, &j->tokens[i]))
		return -EBADMSG;
	switch (f->kind) {
	case FIELD_TEXT:
		return get_text(j, i, value, f->size);
	case FIELD_U64_TEXT:
		return get_u64_text(j, i, value);
	case FIELD_BOOL:
		*(bool *)value = j->tokens[i].kind == JSON_TRUE;
		return 0;
	case FIELD_UNSIGNED:
		*(unsigned *)value = (unsigned)json_u64(j, i);
		return 0;
	case FIELD_U64:
		*(uint64_t *)value = json_u64(j, i);
		return 0;
	case FIELD_REAL:
		*(double *)value = json_real(j, i);
		return 0;
	}
	return 0;
}

int
fields_get(const struct json *j, uint32_t i, const struct field *list,
    void *base, const char **wrong)
{
	for (; list->name != NULL; list++) {
		uint32_t value = json_member(j, i, list->name);
		int err = value ? get(j, value, list,
		    (char *)base + list->at) : 0;

		if (err == -EBADMSG)
			*wrong = list->name;
		if (err)
			return err;
	}
	return 0;
}
