/*
 * rpcall ls: what is in a directory of a FILE server.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "file/local.h"
#include "file/remote.h"
#include "interrupt.h"
#include "report/jsonw.h"
#include "verb.h"

static struct {
	bool with_all, with_more;
} opt;

static const struct option_spec options[] = {
	{ "long", 'l', OPTION_FLAG, NULL, "mode, size and time, too",
	    &opt.with_more },
	{ "all", 'a', OPTION_FLAG, NULL, "names that begin with a dot, too",
	    &opt.with_all },
	{ .name = NULL },
};

static const char *
type_name(file_type type)
{
	return type == FILE_REGULAR ? "file" : type == FILE_DIRECTORY ?
	    "directory" : "other";
}

/* A name is the server's: what would steer a terminal is not printed. */
static void
print_name(const char *name)
{
	for (; *name != '\0'; name++)
		putchar((unsigned char)*name < ' ' || *name == 127 ? '?' :
		    *name);
}

static void
print_mode(const file_attr *a)
{
	static const char bits[] = "rwxrwxrwx";

	putchar(a->type == FILE_DIRECTORY ? 'd' : a->type == FILE_REGULAR ?
	    '-' : '?');
	for (int i = 0; i < 9; i++)
		putchar(a->mode & 0400u >> i ? bits[i] : '-');
}

static void
print_time(const file_attr *a)
{
	char text[32] = "?";
	time_t at = (time_t)a->mtime_s;
	struct tm tm;

	if (localtime_r(&at, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	fputs(text, stdout);
}

static void
print_text(const char *name, const file_attr *a)
{
	if (opt.with_more) {
		print_mode(a);
		printf(" %s %14llu ", a->writable ? "rw" : "ro",
		    (unsigned long long)a->size);
		print_time(a);
		putchar(' ');
	}
	print_name(name);
	puts(a->type == FILE_DIRECTORY ? "/" : "");
}

static void
print_json(struct jsonw *w, const char *name, const file_attr *a)
{
	jsonw_open(w, NULL, '{');
	jsonw_string(w, "name", name);
	jsonw_string(w, "type", type_name(a->type));
	jsonw_uint(w, "size", a->size);
	jsonw_uint(w, "mode", a->mode);
	jsonw_real(w, "mtime", (double)a->mtime_s + a->mtime_ns / 1e9);
	jsonw_bool(w, "writable", a->writable);
	jsonw_close(w, '}');
}

static void
print_entry(struct jsonw *w, const char *name, const file_attr *a)
{
	if (common.json)
		print_json(w, name, a);
	else
		print_text(name, a);
}

/* One page from *cookie on, printed: 1 when it was the last, 0, or a failure. */
static int
print_page(struct remote *r, const char *path, uint64_t *cookie,
    struct jsonw *w, struct failure *f)
{
	file_list_args args = { .path = (char *)(uintptr_t)path,
		.cookie = *cookie, .count = r->page };
	file_list_res res = { 0 };
	file_entries *page = &res.file_list_res_u.entries;
	int err = remote_call(r, FILE_LIST, (xdrproc_t)xdr_file_list_args,
	    &args, (xdrproc_t)xdr_file_list_res, &res, f);

	if (err)
		return err;
	if (res.status != FILE_OK)
		return remote_refused(f, path, res.status);
	for (u_int i = 0; i < page->list.list_len; i++) {
		const file_entry *e = &page->list.list_val[i];

		if (opt.with_all || e->name[0] != '.')
			print_entry(w, e->name, &e->attr);
		*cookie = e->cookie;
	}
	/* A page of nothing that is not the last would never end. */
	err = page->eof || page->list.list_len == 0;
	remote_free((xdrproc_t)xdr_file_list_res, &res);
	return err;
}

static void
begin_json(struct jsonw *w)
{
	jsonw_init(w, stdout);
	jsonw_open(w, NULL, '{');
	jsonw_string(w, "schema", "rpcall/ls/1");
	jsonw_open(w, "entries", '[');
}

static void
end_json(struct jsonw *w)
{
	jsonw_close(w, ']');
	jsonw_close(w, '}');
	putchar('\n');
}

static int
list(struct remote *r, const char *given, struct jsonw *w, struct failure *f)
{
	char path[FILE_PATH_MAX + 1];
	bool wants_dir;
	file_status status;
	file_attr attr;
	uint64_t cookie = 0;
	int err = remote_path(given, path, &wants_dir, f);

	if (err == 0)
		err = remote_stat(r, path, &status, &attr, f);
	if (err == 0 && status == FILE_OK && wants_dir &&
	    attr.type != FILE_DIRECTORY)
		status = FILE_NOTDIR;
	if (err == 0 && status != FILE_OK)
		err = remote_refused(f, given, status);
	if (err)
		return err;
	if (common.json)
		begin_json(w);
	if (attr.type != FILE_DIRECTORY) {
		print_entry(w, path_leaf(path), &attr);
		return 0;
	}
	while (err == 0 && interrupt_signal() == 0)
		err = print_page(r, path, &cookie, w, f);
	return err < 0 ? err : 0;
}

static int
run_ls(int nargs, const char **args)
{
	struct failure f = { 0 };
	struct remote r;
	struct jsonw w;
	int err;

	if (nargs < 1 || nargs > 2)
		return verb_usage(&verb_ls);
	interrupt_catch();
	if (remote_open(&r, args[0], &f) != 0)
		return failure_print(&f);
	err = list(&r, nargs > 1 ? args[1] : "", &w, &f);
	if (common.json && err == 0)
		end_json(&w);
	remote_close(&r);
	return err ? failure_print(&f) : interrupt_signal() ?
	    128 + interrupt_signal() : 0;
}

const struct verb verb_ls = {
	.name = "ls", .group = "Look",
	.summary = "list the exports or a directory of a server",
	.usage = "[OPTIONS] TARGET [NAME[/PATH]]",
	.details = "Without a NAME it lists what the server exports.\n",
	.options = options,
	.run = run_ls,
};
