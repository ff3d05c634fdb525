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

static int
begin(struct output *o)
{
	int err = o->path != NULL ? outfile_open(&o->to, o->path) : 0;

	if (err == 0)
		o->file = o->path != NULL ? o->to.out : stdout;
	return err;
}

int
output_put(struct output *o, const void *data, size_t n, struct failure *f)
{
	int err = o->file == NULL ? begin(o) : 0;

	if (err)
		return failure_set(f, EXIT_CANTCREATE, "cannot create %s (%s)",
		    o->path, strerror(-err));
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
	if (o->path != NULL) {
		int err = outfile_end(&o->to, f->code == 0 && well ? 0 : -errno);

		well = err == 0;
		errno = -err;
	}
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
