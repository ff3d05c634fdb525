/*
 * What rpcalld prints and ends, on stdout; main() does with the exit code.
 */
#ifndef RPCALLD_SHOW_H
#define RPCALLD_SHOW_H

#include "server/options.h"

/* rpcalld -t: what would be served, and every limit; or why it would not. */
int show_served(const struct options *o);

/* rpcalld --store-check DIR: 0, 1 when the store is damaged, 66 without one. */
int show_store(const char *dir);

#endif
