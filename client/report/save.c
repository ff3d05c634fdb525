/*
 * Files of a result: see save.h.
 */
#include "report/save.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "interrupt.h"
#include "report/fields.h"
#include "report/figures.h"
#include "report/formats.h"
#include "report/stream.h"

static int
save(const struct result *r, const char *path, FILE *say, struct failure *f)
{
	FILE *out = fopen(path, "we");
	int err;

	if (out == NULL)
		return failure_set(f, EXIT_CANTCREATE, "cannot create %s (%s)",
		    path, strerror(errno));
	err = report_format_of(path)->write(r, out);
	if (fclose(out) != 0 && err == 0)
		err = -errno;
	if (err)
		return failure_set(f, EXIT_CANTCREATE, "cannot write %s (%s)",
		    path, strerror(-err));
	if (say != NULL)
		fprintf(say, "wrote %s\n", path);
	return 0;
}

int
result_save(const struct result *r, const char *dir, FILE *say,
    struct failure *f)
{
	static const char *const names[] = {
		"compare.json", "compare.csv", "compare.html",
	};
	char path[1024];
	int err = 0;

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return failure_set(f, EXIT_CANTCREATE, "cannot create %s (%s)",
		    dir, strerror(errno));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (err == 0)
			err = save(r, path, say, f);
	}
	return err;
}

FILE *
lines_open(const char *path, struct failure *f)
{
	FILE *out = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");

	if (out == NULL)
		failure_set(f, EXIT_CANTCREATE, "cannot create %s (%s)", path,
		    strerror(errno));
	return out;
}

void
lines_put(void *file, const struct table *t, const struct row *row)
{
	FILE *out = file;
	struct jsonw w;

	if (row->nrounds == 0)
		return;
	interrupt_ticks(false);
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
lines_close(FILE *out, struct failure *f)
{
	int err = stream_flush(out);

	if (out != stdout && fclose(out) != 0 && err == 0)
		err = -errno;
	return err ? failure_set(f, EXIT_CANTCREATE, "cannot write lines (%s)",
	    strerror(-err)) : 0;
}
