/*
 * What the private daemon of a comparison exports: a file of known bytes.
 */
#ifndef RPCALL_EXPORT_H
#define RPCALL_EXPORT_H

#define EXPORT_FILE "bench/data"	/* as FILE names it */

/* Makes the directory and the file in it: 0 or -errno. */
int export_make(const char *dir);

#endif
