/*
 * The rows of a comparison: mechanisms of the private daemon or targets of
 * another, a floor for each kind of descriptor among them, and stock
 * libtirpc.
 */
#ifndef RPCALL_COMPARE_ROWS_H
#define RPCALL_COMPARE_ROWS_H

#include <stdbool.h>

#include "failure.h"
#include "measure/compare.h"
#include "measure/daemon.h"
#include "measure/stock.h"

/* What the rows are made of; all of it outlives the comparison. */
struct rows {
	struct comparison *comparison;
	struct daemon *daemon;
	struct stock *stock;
	int server_cpu;		/* where servers go; -1: anywhere */
	bool reg;		/* the daemon is to be found through rpcbind */
};

/*
 * over: names of mechanisms and targets, parted by commas; NULL for all
 * mechanisms. 0, or f's code negated.
 */
int rows_add_mechanisms(struct rows *r, const char *over, struct failure *f);

/* The first of them again, under another name: what it differs by is noise. */
void rows_add_again(struct rows *r);

/* One for each kind of descriptor among the rows that are there; and where each
 * end has a CPU another, for the first tables, whose ends poll. */
void rows_add_floors(struct rows *r);

/* Stock's client and server; and its server under our client, for tables
 * with many calls outstanding. */
void rows_add_stock(struct rows *r);

#endif
