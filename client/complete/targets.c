/*
 * Targets at the cursor: see sources.h. Found without asking anybody: by the
 * files of this machine.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "complete/sources.h"
#include "idl/bytes.h"
#include "target.h"
#include "targets_conf.h"

enum { ENDPOINTS_SIZE = 64 << 10 };

static void
add_name(void *context, const char *name, const char *uri)
{
	(void)uri;
	candidates_addf(context, false, "@%s", name);
}

static void
add_schemes(struct candidates *c)
{
	candidates_add(c, "rpc://", true);
	for (int i = 0; i < MECH_COUNT; i++) {
		bool inet = i == MECH_ID_rpc_tcp || i == MECH_ID_rpc_udp;

		candidates_addf(c, true, "%s:%s", mech_info[i].scheme,
		    inet || i == MECH_ID_tcp ? "//" : "");
		if (inet)
			candidates_addf(c, true, "%s6://",
			    mech_info[i].scheme);
	}
}

/* What a daemon that runs here has written of itself. */
static void
add_endpoints_of(struct candidates *c, const char *run)
{
	struct buf text = { 0 };
	char path[PATH_MAX], why[256], *rest, *line;
	struct target t;

	if (snprintf(path, sizeof(path), "%s/endpoints", run) <
	    (int)sizeof(path) && access(path, R_OK) == 0 &&
	    bytes_read_file(path, ENDPOINTS_SIZE, &text) == 0 &&
	    buf_append(&text, "", 1) == 0) {
		rest = (char *)text.data;
		while ((line = strsep(&rest, "\n")) != NULL)
			if (target_parse(&t, line, why, sizeof(why)) == 0)
				candidates_add(c, line, false);
	}
	buf_release(&text);
}

/* Where it may have been told to run, as server/run_dir.c looks for it. */
static void
add_endpoints(struct candidates *c)
{
	const char *run = getenv("RPCALL_RUN_DIR");
	const char *user = getenv("XDG_RUNTIME_DIR");
	char path[PATH_MAX];

	if (run != NULL && run[0] == '/')
		add_endpoints_of(c, run);
	else if (user != NULL && user[0] == '/' && snprintf(path,
	    sizeof(path), "%s/rpcall", user) < (int)sizeof(path))
		add_endpoints_of(c, path);
	if (run == NULL)
		add_endpoints_of(c, "/run/rpcall");
}

/* "unix:/a": the path behind the scheme. */
static void
add_paths(struct candidates *c, const char *scheme, enum path_kind kind)
{
	size_t n = strlen(scheme);

	if (strncmp(c->word, scheme, n) != 0)
		return;
	candidates_skip(c, n);
	complete_path(c, kind);
}

void
complete_target(struct candidates *c)
{
	add_schemes(c);
	targets_conf_each(add_name, c);
	add_endpoints(c);
	add_paths(c, "unix:", PATH_SOCKET);
	add_paths(c, "rpc+local:", PATH_SOCKET);
	add_paths(c, "fifo:", PATH_FIFO);
	add_paths(c, "pipe:", PATH_FILE);
}
