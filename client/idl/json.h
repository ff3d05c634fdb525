/*
 * A reader of JSON (RFC 8259), strict: the whole text becomes an array of
 * tokens in one pass, without recursion.
 *
 * Not a library's: values need their place in the text for errors, 64-bit
 * numbers exactly as they were written, and members in order, twice or not.
 * jansson and json-c keep no places and read numbers into 64 bits with a sign;
 * yajl gives them as text but is no longer maintained; jsmn lets bad JSON pass.
 */
#ifndef RPCALL_IDL_JSON_H
#define RPCALL_IDL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

enum {
	JSON_TEXT = 64 << 20,		/* bytes of a text */
	JSON_TOKENS = 1 << 22,
	JSON_DEPTH = 512,
};

enum json_kind {
	JSON_NULL, JSON_TRUE, JSON_FALSE, JSON_NUMBER, JSON_STRING, JSON_ARRAY,
	JSON_OBJECT,
};

/*
 * A value. Those in an array follow it; those in an object too, each after
 * its name, a JSON_STRING.
 */
struct json_token {
	uint32_t at, len;	/* in the text; of a string: within quotes */
	uint32_t next;		/* index of what follows it and all in it */
	uint32_t count;		/* elements, members */
	uint8_t kind;
	bool escaped;		/* a string with backslashes */
};

struct json {
	const char *text;	/* the caller's */
	size_t len;
	struct json_token *tokens;
	uint32_t n;
};

struct json_error {
	const char *what;
	size_t at;		/* in the text */
	bool bare;		/* something without quotes is there, perhaps */
};

/* Token 0 is the value: 0, -ENOMEM, or -EBADMSG with e. */
int json_parse(struct json *j, const char *text, size_t len,
    struct json_error *e);
void json_release(struct json *j);

/* What kind of value it is, for errors: "an object". */
const char *json_kind_name(enum json_kind kind);

/* Appends the bytes that a string stands for: 0 or -ENOMEM. */
int json_string(const struct json *j, const struct json_token *t,
    struct buf *out);

/* Is it a string with these bytes? */
bool json_is(const struct json *j, const struct json_token *t,
    const char *text);

/* Appends n bytes of UTF-8 as a string with its quotes: 0 or -ENOMEM. */
int json_quote(struct buf *out, const char *text, size_t n);

#endif
