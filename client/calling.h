/*
 * A call of any procedure, as the user wrote it: its interface found, its
 * arguments in XDR, its results in JSON. For verbs that know the procedure at
 * run time only; what they share of their command lines.
 */
#ifndef RPCALL_CALLING_H
#define RPCALL_CALLING_H

#include "codec_args.h"
#include "conn.h"
#include "failure.h"
#include "flow_conn.h"
#include "idl/names.h"
#include "target.h"

struct call_args {
	struct schema_args schema;
	struct codec_args codec;
	const char *data, *raw;
	bool no_reflection;
};

#define CALL_ARGS_DEFAULT { .codec = CODEC_ARGS_DEFAULT }

#define CALL_INPUT_ARGS(args) \
	SCHEMA_ARGS((args).schema), \
	{ "no-reflection", 0, OPTION_FLAG, NULL, "do not ask the server for " \
	    "its interface", &(args).no_reflection }, \
	{ "data", 'd', OPTION_TEXT, "JSON|@FILE|@-", "the arguments", \
	    &(args).data }, \
	INPUT_ARGS((args).codec), \
	{ "raw", 0, OPTION_TEXT, "hex:...|@FILE", "the arguments in XDR; the " \
	    "results are not looked into, either", &(args).raw }

#define CALL_ARGS(args) \
	CALL_INPUT_ARGS(args), OUTPUT_ARGS((args).codec), \
	RECORD_ARGS((args).codec)

struct calling {
	const struct call_args *given;
	struct library library;
	struct target target;
	struct procedure proc;
	struct codec args, result;
	const struct idl_type *result_type;
	char form[384];			/* args.form */
	struct codec_options values;
	const struct value_fill *fill;	/* of templates; NULL: there are none */
	struct buf sent;		/* the arguments in XDR, */
	struct payloads *payloads;	/* and large files of them; NULL: not */
};

/* Do TARGET PROCEDURE [JSON...] and the options go together? */
bool calling_makes_sense(const struct call_args *given, int nargs);

/* Is there an option that only a call of any procedure has? */
bool calling_is_meant(const struct call_args *given);

/*
 * Finds args[0], a target, and args[1], a procedure of it, and converts the
 * arguments after them, into c, which began as zeroes: 0, or f's code negated.
 */
int calling_prepare(struct calling *c, const struct call_args *given,
    int nargs, const char **args, struct failure *f);

/*
 * The same of a target that is known, a procedure's name, and n values. c->fill
 * and c->payloads may be set before.
 */
int calling_find(struct calling *c, const struct call_args *given,
    const struct target *t, const char *name, int n, const char **values,
    struct failure *f);

/* Converts the n values once more, as it was done for c->sent. */
int calling_encode(struct calling *c, int n, const char **values,
    struct failure *f);

/* The head of a message that calls it. */
struct call_head calling_head(const struct calling *c);

/*
 * Appends the results of r in JSON (of --raw, their bytes, in quotes where
 * quoted is set): 0, or f's code negated.
 */
int calling_result(const struct calling *c, const struct reply *r,
    bool quoted, struct buf *out, struct codec_remarks *m, struct failure *f);

/* The same of a reply that comes in parts, of *len bytes, to w's output. */
int calling_result_flow(const struct calling *c, struct flow_conn *w,
    bool quoted, size_t *len, struct codec_remarks *m, struct failure *f);

void calling_release(struct calling *c);

#endif
