/*
 * Writing what verbs have: see output.h.
 */
#include "output.h"

#include <errno.h>
#include <string.h>

static int
failed(const struct output *o, struct failure *f)
{
	return failure_set(f, EXIT_CANTCREATE, "cannot write %s (%s)",
	    o->path ? o->path : "to stdout", strerror(errno));
}

int
output_put(struct output *o, const void *data, size_t n, struct failure *f)
{
	if (o->file == NULL)
		o->file = o->path ? fopen(o->path, "we") : stdout;
	if (o->file == NULL)
		return failure_set(f, EXIT_CANTCREATE, "cannot create %s (%s)",
		    o->path, strerror(errno));
	/* What is void has no data, and fwrite() takes no NULL. */
	if (n > 0 && fwrite(data, 1, n, o->file) != n)
		return failed(o, f);
	o->bytes += n;
	return 0;
}

int
output_end(struct output *o, bool text, struct failure *f)
{
	bool well = o->file != NULL;

	if (!well)
		return -f->code;
	well = (!text || putc('\n', o->file) != EOF);
	well = fflush(o->file) == 0 && well;
	if (o->path != NULL)
		well = fclose(o->file) == 0 && well;
	o->file = NULL;
	return well ? -f->code : failed(o, f);
}

int
output_write(const char *path, const void *data, size_t n, bool text,
    struct failure *f)
{
	struct output o = { .path = path };
	int err = output_put(&o, data, n, f);
	int end = output_end(&o, text && err == 0, f);

	return err ? err : end;
}
