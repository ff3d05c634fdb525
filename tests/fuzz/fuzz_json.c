/*
 * The reader of JSON, and values from it: the first byte picks the type
 * (value_types.c) and zero filling, the rest is the text. What it gives is
 * sound XDR.
 */
#include <errno.h>
#include <string.h>

#include "roundtrip.h"
#include "value_types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_tokens(const struct json *j)
{
	for (uint32_t i = 0; i < j->n; i++) {
		const struct json_token *t = &j->tokens[i];

		MUST((size_t)t->at + t->len <= j->len);
		MUST(t->next > i && t->next <= j->n);
	}
	MUST(j->n > 0 && j->tokens[0].next == j->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct idl_type *t;
	struct value_error x;
	struct json_error je;
	struct json j;
	struct buf xdr = { 0 };
	struct encoder e = { .json = &j, .max = 1 << 16, .out = &xdr,
		.what = "value", .error = &x };
	int err;

	if (n == 0)
		return 0;
	t = value_type(data[0]);
	e.zero_fill = data[0] & 8;
	err = json_parse(&j, (const char *)data + 1, n - 1, &je);
	MUST(err == 0 || (err == -EBADMSG && je.at <= n - 1));
	if (err != 0)
		return 0;
	check_tokens(&j);
	err = value_encode(&e, t, 0);
	MUST((err == 0) == (x.text[0] == '\0'));
	MUST(err == 0 || x.at <= n - 1);
	if (err == 0)
		value_roundtrip(t, xdr.data, xdr.len);
	buf_release(&xdr);
	json_release(&j);
	return 0;
}
