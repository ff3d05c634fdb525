/*
 * FILE at a target: see remote.h. Called by get.c, put.c and verb_ls.c.
 */
#include "file/remote.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "call_error.h"
#include "clock.h"
#include "open.h"
#include "options.h"
#include "xbuf.h"

enum {
	DATAGRAM_BLOCK = 32 << 10,
	ARGS_MAX = 4096,	/* of every call but WRITE */
};

int
remote_open(struct remote *r, const char *uri, struct failure *f)
{
	struct open_request req = { .prog = FILE_PROG, .vers = FILE_V1,
		.timeout_ms = (uint32_t)(common.connect_timeout / NS_PER_MS) };
	struct target t;
	struct link l;
	int err = target_parse_arg(&t, uri, f);

	if (err == 0)
		err = target_open(&t, &req, &l, f);
	if (err)
		return err;
	if (conn_init(&r->conn, &l) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	if (t.auth_sys || strcmp(common.auth, "sys") == 0)
		conn_auth_sys(&r->conn);
	r->block = r->conn.link.datagram ? DATAGRAM_BLOCK : FILE_IO_MAX;
	r->page = FILE_LIST_MAX;
	return 0;
}

void
remote_close(struct remote *r)
{
	conn_release(&r->conn);
}

const char *
remote_proc(uint32_t proc)
{
	static const char *const names[] = {
		[FILE_STAT] = "FILE.STAT", [FILE_LIST] = "FILE.LIST",
		[FILE_READ] = "FILE.READ", [FILE_WRITE] = "FILE.WRITE",
		[FILE_CREATE] = "FILE.CREATE",
		[FILE_TRUNCATE] = "FILE.TRUNCATE",
		[FILE_RENAME] = "FILE.RENAME", [FILE_REMOVE] = "FILE.REMOVE",
		[FILE_SYNC] = "FILE.SYNC", [FILE_DIGEST] = "FILE.DIGEST",
	};

	return names[proc];
}

/* Decoded without lending: what it points to outlives the reply. */
static int
decode(const struct reply *reply, uint32_t proc, xdrproc_t xdr_res, void *res,
    struct failure *f)
{
	XDR xdr;
	int err;

	if (reply->status.kind != REPLY_SUCCESS)
		return call_refused(f, remote_proc(proc), &reply->status);
	xbuf_decode(&xdr, reply->body, reply->len, false);
	err = xbuf_outcome(&xdr, xdr_res(&xdr, res));
	if (err == 0)
		return 0;
	remote_free(xdr_res, res);
	return err == -ENOMEM ? call_failed(f, remote_proc(proc), err) :
	    failure_set(f, EXIT_PROTOCOL, "the server's answer to %s "
	    "cannot be decoded", remote_proc(proc));
}

int
remote_call(struct remote *r, uint32_t proc, xdrproc_t xdr_args, void *args,
    xdrproc_t xdr_res, void *res, struct failure *f)
{
	struct call_head head = REMOTE_HEAD(proc);
	struct buf b = { 0 };
	struct reply reply;
	XDR xdr;
	int err;

	xbuf_encode(&xdr, &b, ARGS_MAX);
	if (!xdr_args(&xdr, args)) {
		buf_release(&b);
		if (xbuf_starved(&xdr))
			return call_failed(f, remote_proc(proc), -ENOMEM);
		return failure_set(f, EXIT_USAGE, "a path is longer than %d "
		    "bytes", FILE_PATH_MAX);
	}
	err = conn_call(&r->conn, &head, b.data, b.len, &reply,
	    clock_ns() + common.timeout);
	buf_release(&b);
	if (err)
		return call_failed_over(f, remote_proc(proc), err,
		    &r->conn.link);
	return decode(&reply, proc, xdr_res, res, f);
}

void
remote_free(xdrproc_t xdr_res, void *res)
{
	xbuf_free(xdr_res, res, NULL, 0);
}

static const struct {
	int code;
	const char *text;
} refusals[] = {
	[FILE_NOENT] = { EXIT_NOFILE, "no such file, directory or export" },
	[FILE_EXIST] = { EXIT_CANTCREATE, "it exists" },
	[FILE_NOTDIR] = { EXIT_NOFILE, "not a directory" },
	[FILE_ISDIR] = { EXIT_NOFILE, "a directory" },
	[FILE_ACCES] = { EXIT_DENIED, "the server may not" },
	[FILE_ROFS] = { EXIT_DENIED, "the export is read-only" },
	[FILE_NOSPC] = { EXIT_CANTCREATE, "no space left at the server" },
	[FILE_INVAL] = { EXIT_USAGE, "not a path: NAME/DIR/FILE, without . "
	    "or .." },
	[FILE_IO] = { EXIT_OS, "the server's disk failed" },
	[FILE_NOTEMPTY] = { EXIT_CANTCREATE, "the directory is not empty" },
	[FILE_REFUSED] = { EXIT_DENIED, "a symbolic link, or neither a file "
	    "nor a directory" },
	[FILE_FBIG] = { EXIT_CANTCREATE, "larger than the server's file "
	    "system allows" },
	[FILE_XDEV] = { EXIT_CANTCREATE, "another file system" },
	[FILE_BUSY] = { EXIT_TIMEOUT, "in use, or the server is short of "
	    "something: try again" },
	[FILE_STALE] = { EXIT_PROTOCOL, "it was replaced meanwhile" },
};

int
remote_refused(struct failure *f, const char *path, file_status status)
{
	return failure_set(f, refusals[status].code, "%s: %s",
	    *path ? path : "the list of exports", refusals[status].text);
}

int
remote_path(const char *path, char out[FILE_PATH_MAX + 1], bool *dir,
    struct failure *f)
{
	size_t n = strlen(path);

	*dir = n > 0 && path[n - 1] == '/';
	while (n > 0 && path[n - 1] == '/')
		n--;
	if (n > FILE_PATH_MAX)
		return failure_set(f, EXIT_USAGE, "a path is longer than %d "
		    "bytes", FILE_PATH_MAX);
	snprintf(out, FILE_PATH_MAX + 1, "%.*s", (int)n, path);
	return 0;
}

int
remote_stat(struct remote *r, const char *path, file_status *status,
    file_attr *attr, struct failure *f)
{
	file_path arg = (char *)(uintptr_t)path;
	file_attr_res res = { 0 };
	int err = remote_call(r, FILE_STAT, (xdrproc_t)xdr_file_path, &arg,
	    (xdrproc_t)xdr_file_attr_res, &res, f);

	if (err)
		return err;
	*status = res.status;
	*attr = res.file_attr_res_u.attr;
	if (res.status != FILE_OK && res.status != FILE_NOENT)
		return remote_refused(f, path, res.status);
	return 0;
}

/* The same change keeps its opid when it is sent again. */
static void
new_opid(file_opid opid)
{
	/* Without randomness it is sent without: zeroes are no opid. */
	if (getrandom(opid, FILE_OPID, 0) != FILE_OPID)
		memset(opid, 0, FILE_OPID);
}

static int
change(struct remote *r, uint32_t proc, xdrproc_t xdr_args, void *args,
    const char *path, struct failure *f)
{
	file_status status = FILE_OK;
	int err = remote_call(r, proc, xdr_args, args,
	    (xdrproc_t)xdr_file_status, &status, f);

	if (err == 0 && status != FILE_OK)
		err = remote_refused(f, path, status);
	return err;
}

int
remote_create(struct remote *r, const char *path, const char *goal,
    struct failure *f)
{
	file_create_args args = { .path = (char *)(uintptr_t)path };
	file_attr_res res = { 0 };
	int err;

	new_opid(args.opid);
	err = remote_call(r, FILE_CREATE, (xdrproc_t)xdr_file_create_args,
	    &args, (xdrproc_t)xdr_file_attr_res, &res, f);
	if (err == 0 && res.status != FILE_OK)
		err = remote_refused(f, goal, res.status);
	return err;
}

int
remote_truncate(struct remote *r, const char *path, uint64_t size,
    struct failure *f)
{
	file_truncate_args args = { .path = (char *)(uintptr_t)path,
		.size = size };

	new_opid(args.opid);
	return change(r, FILE_TRUNCATE, (xdrproc_t)xdr_file_truncate_args,
	    &args, path, f);
}

int
remote_rename(struct remote *r, const char *from, const char *to,
    bool replace, struct failure *f)
{
	file_rename_args args = { .from = (char *)(uintptr_t)from,
		.to = (char *)(uintptr_t)to, .replace = replace };

	new_opid(args.opid);
	return change(r, FILE_RENAME, (xdrproc_t)xdr_file_rename_args, &args,
	    to, f);
}

int
remote_remove(struct remote *r, const char *path, struct failure *f)
{
	file_name_args args = { .path = (char *)(uintptr_t)path };

	new_opid(args.opid);
	return change(r, FILE_REMOVE, (xdrproc_t)xdr_file_name_args, &args,
	    path, f);
}

int
remote_sync(struct remote *r, const char *path, struct failure *f)
{
	file_path arg = (char *)(uintptr_t)path;

	return change(r, FILE_SYNC, (xdrproc_t)xdr_file_path, &arg, path, f);
}
