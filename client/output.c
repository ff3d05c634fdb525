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

/* What is only a part does not take the file's place: 0 or -errno. */
static int
end_file(struct output *o, int err, bool part)
{
	int end = outfile_end(&o->to, err ? err : part ? -ECANCELED : 0);

	return part && err == 0 ? 0 : end;
}

int
output_end(struct output *o, bool text, struct failure *f)
{
	bool part = f->code != 0;
	int err;

	if (o->file == NULL)
		return -f->code;
	err = text && putc('\n', o->file) == EOF ? -errno : 0;
	if (fflush(o->file) != 0 && err == 0)
		err = -errno;
	/* Only what was written beside the file can be taken back. */
	if (part && o->bytes > 0 &&
	    (o->path == NULL || o->to.temp[0] == '\0'))
		failure_part(f, o->bytes);
	if (o->path != NULL)
		err = end_file(o, err, part);
	o->file = NULL;
	errno = -err;
	return err ? failed(o, f) : -f->code;
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
