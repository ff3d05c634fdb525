/*
 * What is measured: something that carries a payload there and back. A
 * mechanism of the daemon, the floor of a kind of descriptor, or stock
 * libtirpc; the loop around them (load.c) is the same.
 */
#ifndef RPCALL_SUBJECT_H
#define RPCALL_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "echo.h"
#include "failure.h"
#include "measure/floor.h"
#include "measure/result.h"
#include "measure/stock.h"
#include "measure/work.h"
#include "target.h"

struct subject {
	const struct subject_ops *ops;
	enum row_kind kind;
	unsigned number;	/* its place in the comparison */
	char name[32];		/* the row's */
	const char *descriptor;	/* kind of descriptor: "tcp", "fifo" */
	struct target target;	/* of a mechanism */
	bool any_rpc;		/* rpc://HOST: see settle.h */
	bool foreign;		/* another's daemon: no floor, no stock */
	bool polls;		/* of a floor: both ends, without sleeping */
	bool has_books;		/* the server has our services, ... */
	bool asked;		/* ... as it said when it was asked */
	const struct subject *twin;	/* of ROW_AGAIN: what it repeats */
	struct stock *stock;	/* of stock rows: the shared server */
	const char *mech;	/* of stock rows: "rpc/tcp" */
	int server_cpu;		/* where a child that serves goes; -1: free */
	uint32_t timeout_ms;
	uint64_t setup_ns;	/* what opening and closing it take; 0: unknown */
	/* While open: */
	struct conn conn;
	struct reply reply;	/* of the last call over conn */
	CLIENT *clnt;
	echo_payload answer;	/* of a stock call; freed by the next */
	echo_digest digest;	/* of a stock call of SINK */
	struct floor floor;
	uint8_t *sent, *got;	/* what a floor's two messages are in */
	uint32_t crc;		/* of what a floor's answer begins with */
};

struct subject_ops {
	/* A fresh connection; blocking where one call is outstanding. */
	int (*open)(struct subject *s, const struct work *w, bool blocking,
	    struct failure *f);
	/* Makes the server ready for a round of w. NULL: there is no server
	 * that looks at what it is sent. As that of struct work_ops. */
	int (*begin)(struct subject *s, struct work *w, struct failure *f);
	/* One round trip; the answer stays until the next: 0 or -errno. */
	int (*call)(struct subject *s, const struct work *w,
	    const struct request *rq, uint64_t deadline_ns);
	/* NULL if the answer is the right one, else what is wrong. */
	const char *(*wrong)(const struct subject *s, const struct work *w,
	    const struct request *rq);
	/* The server's account so far: 0 or -errno. */
	int (*ledger)(struct subject *s, struct work *w, struct ledger *l);
	void (*close)(struct subject *s);
};

extern const struct subject_ops subject_conn_ops;	/* subject_conn.c */
extern const struct subject_ops subject_floor_ops;	/* subject_floor.c */
extern const struct subject_ops subject_stock_ops;	/* subject_stock.c */

/* Puts an echo_whoami into a ledger. */
void ledger_from(struct ledger *l, const echo_whoami *who);

/*
 * Puts into a ledger how often w's procedures were called over the mechanism
 * of c, and the bytes of all these messages, by REFLECT.STATS; a server without
 * that leaves it open. 0 or -errno.
 */
int ledger_calls(struct ledger *l, const struct work *w, struct conn *c);

#endif
