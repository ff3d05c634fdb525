/*
 * What the parts of a call are called in reports.
 */
#ifndef RPCALL_REPORT_PART_NAMES_H
#define RPCALL_REPORT_PART_NAMES_H

#include "measure/parts.h"

struct part_name {
	const char *name;	/* in JSON and CSV */
	const char *head;	/* with its unit after '\n' */
	double unit_ns;
};

extern const struct part_name part_names[PARTS];

#endif
