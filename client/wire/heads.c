/*
 * Heads of messages: see heads.h. Used by log.c.
 */
#include "wire/heads.h"

#include <stdio.h>
#include <string.h>


/* RFC 5531 section 9 and its appendix A, and idl/frame.x. */
static const char text[] =
    "enum msg_type { CALL = 0, REPLY = 1 };\n"
    "enum auth_flavor { AUTH_NONE = 0, AUTH_SYS = 1, AUTH_SHORT = 2,\n"
    "	AUTH_DH = 3, RPCSEC_GSS = 6 };\n"
    "enum auth_stat { AUTH_OK, AUTH_BADCRED, AUTH_REJECTEDCRED, AUTH_BADVERF,\n"
    "	AUTH_REJECTEDVERF, AUTH_TOOWEAK, AUTH_INVALIDRESP, AUTH_FAILED,\n"
    "	RPCSEC_GSS_CREDPROBLEM = 13, RPCSEC_GSS_CTXPROBLEM = 14 };\n"
    "enum accept_stat { SUCCESS, PROG_UNAVAIL, PROG_MISMATCH, PROC_UNAVAIL,\n"
    "	GARBAGE_ARGS, SYSTEM_ERR };\n"
    "enum reply_stat { MSG_ACCEPTED, MSG_DENIED };\n"
    "enum reject_stat { RPC_MISMATCH, AUTH_ERROR };\n"
    "struct versions { unsigned low; unsigned high; };\n"
    "struct opaque_auth { auth_flavor flavor; opaque body<400>; };\n"
    "struct authsys_parms { unsigned length; unsigned stamp;\n"
    "	string machinename<255>; unsigned uid; unsigned gid;\n"
    "	unsigned gids<16>; };\n"
    "union credential switch (auth_flavor flavor) {\n"
    "case AUTH_SYS: authsys_parms sys;\n"
    "default: opaque body<400>; };\n"
    "struct call_head { unsigned xid; msg_type mtype; unsigned rpcvers;\n"
    "	unsigned prog; unsigned vers; unsigned proc; credential cred;\n"
    "	opaque_auth verf; };\n"
    "union accepted switch (accept_stat stat) {\n"
    "case PROG_MISMATCH: versions mismatch;\n"
    "default: void; };\n"
    "struct accepted_reply { opaque_auth verf; accepted data; };\n"
    "union rejected_reply switch (reject_stat stat) {\n"
    "case RPC_MISMATCH: versions mismatch;\n"
    "case AUTH_ERROR: auth_stat why; };\n"
    "union reply_body switch (reply_stat stat) {\n"
    "case MSG_ACCEPTED: accepted_reply accepted;\n"
    "case MSG_DENIED: rejected_reply rejected; };\n"
    "struct reply_head { unsigned xid; msg_type mtype; reply_body body; };\n"
    "struct frame_call { unsigned xid; unsigned prog; unsigned vers;\n"
    "	unsigned proc; };\n"
    "enum frame_status { FRAME_SUCCESS, FRAME_PROG_UNAVAIL,\n"
    "	FRAME_PROG_MISMATCH, FRAME_PROC_UNAVAIL, FRAME_GARBAGE_ARGS,\n"
    "	FRAME_SYSTEM_ERR, FRAME_DENIED };\n"
    "union frame_end switch (frame_status status) {\n"
    "case FRAME_PROG_MISMATCH: versions mismatch;\n"
    "case FRAME_DENIED: auth_stat why;\n"
    "default: void; };\n"
    "struct frame_reply { unsigned xid; frame_end end; };\n";

static const struct schema *
heads(void)
{
	static struct schema *s;
	struct schema_options o = { .no_files = true };
	struct diags d = { 0 };

	if (s != NULL)
		return s;
	s = schema_new();
	if (s != NULL && schema_load_text(s, "heads", text, sizeof(text) - 1,
	    &o, &d) != 0) {
		schema_free(s);
		s = NULL;
	}
	diags_release(&d);
	return s;
}

static const struct idl_def *
find(const char *name)
{
	const struct schema *s = heads();

	return s ? schema_type(s, name) : NULL;
}

const struct idl_type *
head_type(const struct envelope *e, bool call)
{
	static const char *const names[2][2] = {
		{ "reply_head", "call_head" }, { "frame_reply", "frame_call" }
	};
	const struct idl_def *d = find(names[e == &frame_envelope][call]);

	return d ? d->type : NULL;
}

static const char *
item_name(const char *type, uint32_t value)
{
	const struct idl_def *d = find(type);
	const struct idl_item *item = d ? type_item(d->type, (int32_t)value) :
	    NULL;

	return item ? item->name : "?";
}

const char *
head_auth_stat(uint32_t why)
{
	return item_name("auth_stat", why);
}

const char *
head_status(const struct reply_status *st, char *out, size_t size)
{
	const char *name = st->kind == REPLY_AUTH_ERROR ? "AUTH_ERROR" :
	    st->kind == REPLY_RPC_MISMATCH ? "RPC_MISMATCH" :
	    item_name("accept_stat", st->kind);

	if (st->kind == REPLY_AUTH_ERROR)
		snprintf(out, size, "%s: %s (%u)", name,
		    head_auth_stat(st->auth), st->auth);
	else if (st->kind == REPLY_PROG_MISMATCH ||
	    st->kind == REPLY_RPC_MISMATCH)
		snprintf(out, size, "%s: versions %u to %u", name, st->low,
		    st->high);
	else
		snprintf(out, size, "%s", name);
	return out;
}
