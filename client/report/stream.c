/*
 * The end of every report (stream.h). The reports print without looking at
 * each result, because a FILE remembers that it failed.
 */
#include <errno.h>

#include "report/stream.h"

int
stream_flush(FILE *out)
{
	if (fflush(out) == 0 && !ferror(out))
		return 0;
	return errno ? -errno : -EIO;
}
