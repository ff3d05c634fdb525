/*
 * Arguments and results of procedures: the XDR of one value, or of several
 * after one another.
 */
#ifndef RPCALL_IDL_CODEC_H
#define RPCALL_IDL_CODEC_H

#include "failure.h"
#include "idl/value.h"

/* What is converted: types in order, and what they are called in errors. */
struct codec {
	const struct idl_type *const *types;
	size_t n;
	const char *what;		/* "argument" */
	const char *form;		/* the command that prints a form to
					 * fill in, or NULL */
};

struct codec_options {
	bool zero_fill, int64_number, base64, flat;
	bool rest;	/* bytes after the value are a remark, no error */
	uint64_t max;	/* bytes of XDR in all; 0: VALUE_XDR */
	const struct value_fill *fill;	/* of arguments; NULL: no templates */
	struct payloads *payloads;	/* where large files go; NULL: to XDR */
};

/* What is odd about data that could be decoded. */
struct codec_remarks {
	bool padded;	/* padding was not zero */
	size_t rest;	/* bytes after the value */
};

/*
 * Appends the XDR of texts, n of them: one JSON text for each type; or a
 * single one, with an array where there are several types; none where there
 * is nothing to say (or zero_fill). 0, or f's code negated.
 */
int codec_encode(const struct codec *c, const char *const *texts,
    const size_t *lengths, size_t n, const struct codec_options *o,
    struct buf *out, struct failure *f);

/*
 * Appends the JSON of data, all of it: a value, null for none, an array for
 * several. code is for what is wrong with data.
 */
int codec_decode(const struct codec *c, const uint8_t *data, size_t len,
    const struct codec_options *o, int code, struct buf *out,
    struct codec_remarks *r, struct failure *f);

/*
 * The same of what comes and goes in parts. Where reading or writing fails,
 * what w's functions say in f counts. *len gets the bytes of the whole.
 */
int codec_decode_flow(const struct codec *c, struct value_flow *w,
    const struct codec_options *o, int code, size_t *len,
    struct codec_remarks *r, struct failure *f);

#endif
