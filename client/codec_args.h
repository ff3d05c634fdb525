/*
 * Options that call, encode and decode share: how values are written.
 */
#ifndef RPCALL_CODEC_ARGS_H
#define RPCALL_CODEC_ARGS_H

#include "failure.h"
#include "idl/codec.h"
#include "options.h"

struct codec_args {
	const char *int64, *opaque;	/* "string", "hex" */
	struct option_list fields;	/* -f */
	bool zero_fill;
	uint64_t max_record;
};

#define CODEC_ARGS_DEFAULT { .int64 = "string", .opaque = "hex", \
	.max_record = VALUE_XDR }

#define RECORD_ARGS(args) \
	{ "max-record", 0, OPTION_SIZE, "SIZE", "largest message that is " \
	    "made or taken (4100K)", &(args).max_record }

#define OUTPUT_ARGS(args) \
	{ "int64", 0, OPTION_TEXT, "number|string", "how hypers are printed " \
	    "(string)", &(args).int64 }, \
	{ "opaque", 0, OPTION_TEXT, "hex|base64", "how opaques are printed " \
	    "(hex)", &(args).opaque }

#define INPUT_ARGS(args) \
	{ "field", 'f', OPTION_LIST, "a.b=V", "one member of the argument", \
	    &(args).fields }, \
	{ "zero-fill", 0, OPTION_FLAG, NULL, "what is missing is zero", \
	    &(args).zero_fill }

/* Fills o: 0, or f's code negated: EXIT_USAGE. */
int codec_args_parse(const struct codec_args *a, struct codec_options *o,
    struct failure *f);

/*
 * Appends to out the XDR of n values as c has them, which are JSON, @FILE or
 * @-; with members of -f put into the only one. name is of what they are, for
 * failures. 0, or f's code negated.
 */
int codec_args_encode(const struct codec_args *a, const struct codec *c,
    const char *name, int n, const char **values,
    const struct codec_options *o, struct buf *out, struct failure *f);

#endif
