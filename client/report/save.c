/*
 * Files of a result: see save.h.
 */
#include "report/save.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interrupt.h"
#include "outfile.h"
#include "report/fields.h"
#include "report/figures.h"
#include "report/formats.h"
#include "report/stream.h"

static int
save(const struct result *r, const char *path, FILE *say, struct failure *f)
{
	struct outfile to;
	int err = outfile_open(&to, path);

	if (err == 0)
		err = outfile_end(&to, report_format_of(path)->write(r, to.out));
	if (err)
		return failure_set(f, EXIT_CANTCREATE, "cannot write %s (%s)",
		    path, strerror(-err));
	if (say != NULL)
		fprintf(say, "wrote %s\n", path);
	return 0;
}

static const char *const names[] = {
	"compare.json", "compare.csv", "compare.html",
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

int
result_save_try(const char *dir, struct failure *f)
{
	char path[1024];
	struct stat st;
	bool there = stat(dir, &st) == 0 && S_ISDIR(st.st_mode);
	int err = 0;

	if (!there) {
		err = access(dir, F_OK) == 0 ? -ENOTDIR : outfile_try(dir);
		return err ? failure_set(f, EXIT_CANTCREATE, "cannot create %s "
		    "(%s)", dir, strerror(-err)) : 0;
	}
	for (size_t i = 0; i < NAMES && err == 0; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		err = outfile_try(path);
	}
	return err ? failure_set(f, EXIT_CANTCREATE, "cannot write %s (%s)",
	    path, strerror(-err)) : 0;
}

int
result_save(const struct result *r, const char *dir, FILE *say,
    struct failure *f)
{
	char path[1024];
	int err = 0;

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return failure_set(f, EXIT_CANTCREATE, "cannot create %s (%s)",
		    dir, strerror(errno));
	for (size_t i = 0; i < NAMES; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (err == 0)
			err = save(r, path, say, f);
	}
	return err;
}

/* What is there stays until the first line comes. */
static int
open_path(struct lines *l)
{
	int fd = open(l->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	l->made = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(l->path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	l->out = fdopen(fd, "w");
	return l->out != NULL ? 0 : -errno;
}

int
lines_open(struct lines *l, const char *path, struct failure *f)
{
	int err = 0;

	*l = (struct lines){ .path = path };
	if (strcmp(path, "-") == 0)
		l->out = stdout;
	else
		err = open_path(l);
	return err == 0 ? 0 : failure_set(f, EXIT_CANTCREATE, "cannot create "
	    "%s (%s)", path, strerror(-err));
}

static void
begin(struct lines *l)
{
	/* A device has no length. */
	if (!l->begun && l->out != stdout && ftruncate(fileno(l->out), 0) != 0)
		errno = 0;
	l->begun = true;
}

void
lines_put(void *lines, const struct table *t, const struct row *row)
{
	struct lines *l = lines;
	FILE *out = l->out;
	struct jsonw w;

	if (row->nrounds == 0)
		return;
	interrupt_ticks(false);
	begin(l);
	jsonw_init(&w, out);
	w.flat = true;
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", "rpcall/round/1");
	jsonw_string(&w, "title", t->title);
	jsonw_string(&w, "procedure", t->procedure);
	jsonw_uint(&w, "size", t->size);
	jsonw_uint(&w, "outstanding", t->outstanding);
	jsonw_string(&w, "row", row->name);
	jsonw_string(&w, "kind", row_kind_name(row->kind));
	jsonw_uint(&w, "round", row->nrounds);
	fields_put(&w, round_fields, &row->rounds[row->nrounds - 1]);
	jsonw_close(&w, '}');
	fputc('\n', out);
	fflush(out);
	interrupt_ticks(true);
}

int
lines_close(struct lines *l, struct failure *f)
{
	int err;

	if (l->out == NULL)
		return 0;
	err = stream_flush(l->out);
	if (l->out != stdout && fclose(l->out) != 0 && err == 0)
		err = -errno;
	l->out = NULL;
	if (l->made && !l->begun)
		unlink(l->path);
	return err ? failure_set(f, EXIT_CANTCREATE, "cannot write lines (%s)",
	    strerror(-err)) : 0;
}
