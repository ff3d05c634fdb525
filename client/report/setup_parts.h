/*
 * What the parts of setting up are called in reports.
 */
#ifndef RPCALL_REPORT_SETUP_PARTS_H
#define RPCALL_REPORT_SETUP_PARTS_H

#include "measure/result.h"

struct setup_part_name {
	const char *name;	/* in JSON and CSV */
	const char *head;	/* '\n' where a line may end */
};

extern const struct setup_part_name setup_parts[SETUP_PARTS];

/* The set-up of the mechanism that has this name, or NULL. */
const struct setup *setup_of(const struct result *r, const char *name);

#endif
