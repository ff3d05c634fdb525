/*
 * What is measured: something that carries a payload there and back. A
 * mechanism of the daemon, the floor of a kind of descriptor, or stock
 * libtirpc; the loop around them (load.c) is the same.
 */
#ifndef RPCALL_SUBJECT_H
#define RPCALL_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "echo.h"
#include "failure.h"
#include "measure/floor.h"
#include "measure/result.h"
#include "measure/stock.h"
#include "measure/usage.h"
#include "conn.h"
#include "target.h"

/* The work: one procedure of ECHO with one payload. */
struct work {
	const char *name;	/* "ECHO.ECHO"; a literal */
	uint32_t proc;
	uint32_t size;		/* payload bytes; 0 for NULL */
	uint8_t *payload;	/* and room for CRC: owned by the caller */
	uint32_t crc;		/* CRC32C of the payload */
	uint8_t *args;		/* the argument in XDR */
	size_t args_len;
};

/* Names and proc of ECHO's procedures that can be measured. */
int work_init(struct work *w, const char *name, uint32_t size);
void work_release(struct work *w);

/* The server's own account: what it used, and what it did. */
struct ledger {
	struct usage usage;
	uint64_t calls, bytes_in, bytes_out;
	bool counts;		/* calls and bytes are known */
	char who[64];		/* how the server knows its peer */
};

struct subject {
	const struct subject_ops *ops;
	enum row_kind kind;
	char name[32];		/* the row's */
	const char *descriptor;	/* kind of descriptor: "tcp", "fifo" */
	struct target target;	/* of a mechanism */
	bool foreign;		/* not ours to place: no floor, no stock */
	struct stock *stock;	/* of stock rows: the shared server */
	const char *mech;	/* of stock rows: "rpc/tcp" */
	int server_cpu;		/* where a child that serves goes; -1: free */
	uint32_t timeout_ms;
	/* While open: */
	struct conn conn;
	CLIENT *clnt;
	struct floor floor;
	echo_payload reply;	/* of a stock call; freed by the next */
	uint8_t *buffer;	/* what a floor's reply is read into */
	const uint8_t *answer;	/* payload that came back last */
	uint32_t answer_len;
};

struct subject_ops {
	/* A fresh connection; blocking where one call is outstanding. */
	int (*open)(struct subject *s, const struct work *w, bool blocking,
	    struct failure *f);
	/* One round trip; the answer is left in s->answer: 0 or -errno. */
	int (*call)(struct subject *s, const struct work *w,
	    uint64_t deadline_ns);
	/* The server's account so far: 0 or -errno. */
	int (*ledger)(struct subject *s, struct ledger *l);
	void (*close)(struct subject *s);
};

extern const struct subject_ops subject_conn_ops;	/* subject_conn.c */
extern const struct subject_ops subject_floor_ops;	/* subject_floor.c */
extern const struct subject_ops subject_stock_ops;	/* subject_stock.c */

/* Puts an echo_whoami into a ledger. */
void ledger_from(struct ledger *l, const echo_whoami *who);

#endif
