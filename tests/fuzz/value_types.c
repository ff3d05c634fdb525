/*
 * Types for fuzzing values, and what every value has to hold to: see
 * value_types.h.
 */
#include "value_types.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/check.h"
#include "idl/schema.h"
#include "roundtrip.h"

static const char text[] =
    "enum e { X = 1, Y = -2, Z = 1 };\n"
    "struct t0 { int a; opaque b<8>; int *c; };\n"
    "struct t1 { int a; string s<>; t1 *next; }; typedef t1 *t2;\n"
    "union t3 switch (e k) { case X: hyper x; case Y: t2 k; default: void; };\n"
    "struct t4 { float f; double d; quadruple q; unsigned hyper h; };\n"
    "typedef opaque none[0]; typedef none t5<>; typedef int *m;\n"
    "struct t6 { m *a; bool b[2]; union switch (bool s) { case TRUE: t6 *t; "
    "case FALSE: void; } u; char c; unsigned short d; };\n"
    "struct t7 { t3 a<3>; opaque b[5]; e c<>; t7 *d; int z; };\n";

const struct idl_type *
value_type(unsigned n)
{
	static struct schema *s;
	struct schema_options o = { .no_files = true };
	struct diags d = { 0 };
	char name[] = "t0";

	if (s == NULL) {
		s = schema_new();
		MUST(schema_load_text(s, "types", text, sizeof(text) - 1, &o,
		    &d) == 0);
	}
	name[1] = (char)('0' + n % 8);
	return schema_type(s, name)->type;
}

/* What can be decoded is right, and is as long. */
static void
must_check(const struct idl_type *t, const uint8_t *data, size_t n,
    bool right, size_t used)
{
	size_t at = 0;

	MUST((value_check(t, data, n, &at) == 0) == right);
	MUST(!right || at == used);
}

static int
decode(const struct idl_type *t, const uint8_t *data, size_t n, size_t *used,
    bool *padded, struct buf *json)
{
	struct value_error x;
	struct decoder d = { .data = data, .len = n, .out = json, .flat = true,
		.max = 1 << 20, .what = "value", .error = &x };
	int err = value_decode(&d, t);

	MUST(d.at <= n);
	MUST((err == 0) == (x.text[0] == '\0'));
	*used = d.at;
	*padded = d.padded;
	/* Checking alone knows no limit of JSON. */
	if (err != -EMSGSIZE)
		must_check(t, data, n, err == 0, d.at);
	return err;
}

void
value_roundtrip(const struct idl_type *t, const uint8_t *data, size_t n)
{
	struct buf json = { 0 }, again = { 0 }, xdr = { 0 };
	struct value_error x;
	struct json_error je;
	struct json j = { 0 };
	struct encoder e = { .json = &j, .max = 1 << 20, .out = &xdr,
		.what = "value", .error = &x };
	size_t used, other;
	bool padded;

	if (decode(t, data, n, &used, &padded, &json) == 0) {
		MUST(json_parse(&j, (const char *)json.data, json.len,
		    &je) == 0);
		MUST(value_encode(&e, t, 0) == 0);
		MUST(xdr.len == used);
		MUST(padded || used == 0 ||
		    memcmp(xdr.data, data, used) == 0);
		MUST(decode(t, xdr.data, xdr.len, &other, &padded,
		    &again) == 0);
		MUST(!padded && other == used && again.len == json.len &&
		    memcmp(again.data, json.data, json.len) == 0);
	}
	json_release(&j);
	buf_release(&json);
	buf_release(&again);
	buf_release(&xdr);
}
