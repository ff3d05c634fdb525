/*
 * Universal addresses from rpcbind: what is accepted is HOST.HI.LO to its
 * end, and nothing that is of that form is refused.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "binder.h"
#include "roundtrip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { HOST = 64 };

/* The byte in decimal that ends text before end, or -1; *at: its dot. */
static int
last_byte(const char *text, const char *end, const char **at)
{
	const char *p = end;
	int value = 0;

	while (p > text && isdigit((unsigned char)p[-1]))
		p--;
	if (p == end || end - p > 3 || p == text || p[-1] != '.')
		return -1;
	*at = p - 1;
	for (; p < end; p++)
		value = 10 * value + (*p - '0');
	return value < 256 ? value : -1;
}

/* From the end, as RFC 5665 section 5.2.3.3 has it: the port, or -1. */
static int
naive_port(const char *text, size_t *host)
{
	const char *dot = text;
	int low = last_byte(text, text + strlen(text), &dot);
	int high = low < 0 ? -1 : last_byte(text, dot, &dot);

	*host = (size_t)(dot - text);
	if (high < 0 || *host == 0 || *host >= HOST)
		return -1;
	return high << 8 | low;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1), host[HOST];
	size_t len;
	int port = -1, want, err;

	MUST(text != NULL);
	if (n > 0)
		memcpy(text, data, n);
	text[n] = '\0';
	want = naive_port(text, &len);
	err = binder_parse_uaddr(text, host, sizeof(host), &port);
	MUST((err == 0) == (want >= 0));
	if (err == 0) {
		MUST(port == want && strlen(host) == len);
		MUST(memcmp(host, text, len) == 0);
	}
	free(text);
	return 0;
}
