/*
 * Naming a server's process: see process.h. Used by endpoint.c.
 */
#include "doctor/process.h"

#include <stdio.h>
#include <string.h>

enum { COMM = 64 };	/* the kernel's names have 15 bytes, its threads' more */

void
process_tell(struct diagnosis *found, pid_t pid)
{
	char path[64], name[COMM] = "";
	FILE *f;

	if (pid <= 0)
		return;
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return;
	if (fgets(name, sizeof(name), f) != NULL)
		name[strcspn(name, "\n")] = '\0';
	fclose(f);
	if (name[0] != '\0')
		diagnosis_add(found, LEVEL_OK, "served by %s, pid %d", name,
		    (int)pid);
}
