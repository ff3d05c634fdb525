/*
 * Preparing calls of any procedure: see calling.h. Used by verb_call.c and
 * verb_watch.c, and for measure/work_call.c.
 */
#include "calling.h"

#include <errno.h>
#include <string.h>

#include "doctor/diagnosis.h"
#include "idl/bytes.h"
#include "idl/payload.h"
#include "idl/names_unknown.h"
#include "open.h"
#include "reflection.h"
#include "trace.h"
#include "wire/log.h"

/* The command that prints the arguments' form. */
static void
set_form(struct calling *c)
{
	const struct option_list *files = &c->given->schema.files;
	bool told = strncmp(c->proc.path, "reflection:", 11) == 0;
	char uri[1024], word[192] = "";

	if (told)
		shell_word(target_format(&c->target, uri, sizeof(uri)), word,
		    sizeof(word));
	else if (files->n > 0)
		shell_word(files->items[0], word, sizeof(word));
	/* Of several files, not any may be the one. */
	if (!told && files->n > 1)
		return;
	snprintf(c->form, sizeof(c->form), "rpcall describe --template %s%s%s%s",
	    !told && word[0] ? "-i " : "", word, word[0] ? " " : "",
	    c->proc.name);
	c->args.form = c->form;
}

/* What goes in and comes out; without a schema only procedure 0 is known. */
static int
find_types(struct calling *c, struct failure *f)
{
	const struct idl_proc *p = c->proc.proc;

	c->args.what = "argument";
	c->result.what = "the answer does not fit its type: result";
	if (p != NULL) {
		c->args.types = (const struct idl_type *const *)p->args;
		c->args.n = p->nargs;
		set_form(c);
		c->result_type = p->result;
		c->result.types = &c->result_type;
		c->result.n = type_real(p->result)->kind != TYPE_VOID;
		return 0;
	}
	if (c->proc.number == 0 || c->given->raw != NULL)
		return 0;
	names_undescribed(&c->library, &c->proc, f);
	failure_hint(f, "name its .x file: -i FILE, or give the arguments as "
	    "XDR: --raw hex:...");
	return -EXIT_USAGE;
}

static int
raw_arguments(struct calling *c, const char *raw, struct failure *f)
{
	uint64_t max = c->values.max, len = 0;
	int err = 0;

	if (*raw == '@' && c->payloads != NULL)
		err = payloads_add(c->payloads, raw + 1, strlen(raw) - 1, 0,
		    max, &len);
	if (err == 0)
		err = bytes_parse(raw, strlen(raw), true, (size_t)max,
		    &c->sent);
	len += c->sent.len;
	if (err >= 0 && len % 4 != 0)
		return failure_set(f, EXIT_DATA, "--raw: %llu bytes: XDR is "
		    "in units of 4", (unsigned long long)len);
	if (err == -EINVAL)
		return failure_set(f, EXIT_USAGE, "--raw %.40s: not hex:..., "
		    "base64:..., text:... or @FILE", raw);
	if (err == -EBADMSG || err == -EMSGSIZE)
		return failure_set(f, EXIT_DATA, "--raw: %s", err == -EBADMSG ?
		    "wrong digits" : "larger than a message may be");
	return err < 0 ? failure_set(f, EXIT_NOFILE, "cannot read %s (%s)",
	    raw + 1, strerror(-err)) : 0;
}

int
calling_encode(struct calling *c, int n, const char **values,
    struct failure *f)
{
	if (c->given->data != NULL) {
		values = (const char **)(uintptr_t)&c->given->data;
		n = 1;
	}
	c->sent.len = 0;
	if (c->given->raw != NULL)
		return raw_arguments(c, c->given->raw, f);
	return codec_args_encode(&c->given->codec, &c->args, c->proc.name, n,
	    values, &c->values, &c->sent, f);
}

bool
calling_makes_sense(const struct call_args *given, int nargs)
{
	if (nargs < 2 || nargs >= ARGUMENTS_MAX)
		return false;
	if (given->raw != NULL && (given->data != NULL ||
	    given->codec.fields.n > 0))
		return false;
	return nargs == 2 || (given->data == NULL && given->raw == NULL);
}

bool
calling_is_meant(const struct call_args *given)
{
	return given->data != NULL || given->raw != NULL ||
	    given->codec.fields.n > 0 || given->schema.files.n > 0 ||
	    given->codec.zero_fill;
}

/* Nothing here has the name: who might have told of it was not there. */
static void
tell_absent(const struct failure *absent, struct failure *f)
{
	bool gone = absent->code == EXIT_UNREACHABLE ||
	    absent->code == EXIT_NOHOST || absent->code == EXIT_DENIED;

	if (gone && f->code == EXIT_USAGE && strchr(f->hint, '\n') == NULL)
		failure_hint(f, "nor could the server be asked: %.200s",
		    absent->text);
}

int
calling_find(struct calling *c, const struct call_args *given,
    const struct target *t, const char *name, int n, const char **values,
    struct failure *f)
{
	struct failure absent = { 0 };
	int err = codec_args_parse(&given->codec, &c->values, f);

	c->given = given;
	c->target = *t;
	c->values.rest = true;
	c->values.fill = c->fill;
	c->values.payloads = c->payloads;
	if (err == 0)
		err = library_open(&c->library, &given->schema, f);
	if (err == 0 && !given->no_reflection && given->raw == NULL &&
	    !procedure_known(&c->library, name))
		err = reflection_try(&c->library, t, name, &absent, f);
	if (err == 0) {
		err = procedure_find(&c->library, name, &c->proc, f);
		tell_absent(&absent, f);
	}
	if (err == 0) {
		trace_stage("interface of %s: %s", c->proc.name,
		    c->proc.path ? c->proc.path : "none");
		wire_log_library(&c->library);
		err = find_types(c, f);
	}
	return err ? err : calling_encode(c, n, values, f);
}

int
calling_prepare(struct calling *c, const struct call_args *given, int nargs,
    const char **args, struct failure *f)
{
	struct target t;
	int err = target_parse_arg(&t, args[0], f);

	return err ? err : calling_find(c, given, &t, args[1], nargs - 2,
	    args + 2, f);
}

struct call_head
calling_head(const struct calling *c)
{
	return (struct call_head){ .prog = c->proc.prog,
		.vers = c->proc.vers, .proc = c->proc.number };
}

static int
raw_result(const struct calling *c, const struct reply *r, bool quoted,
    struct buf *out)
{
	int err = buf_append(out, "\"", quoted);

	if (err == 0)
		err = bytes_format(r->body, r->len, c->values.base64, out);
	return err ? err : buf_append(out, "\"", quoted);
}

int
calling_result(const struct calling *c, const struct reply *r, bool quoted,
    struct buf *out, struct codec_remarks *m, struct failure *f)
{
	memset(m, 0, sizeof(*m));
	if (c->given->raw != NULL)
		return raw_result(c, r, quoted, out) == 0 ? 0 :
		    failure_set(f, EXIT_OS, "no memory");
	if (codec_decode(&c->result, r->body, r->len, &c->values,
	    EXIT_PROTOCOL, out, m, f) == -EXIT_PROTOCOL)
		failure_hint(f, "see the bytes: --raw hex:..., or -vv");
	return -f->code;
}

static int
raw_result_flow(const struct calling *c, struct flow_conn *w, bool quoted,
    struct failure *f)
{
	int err = output_put(w->out, "\"", quoted, f);

	if (err == 0 && flow_bytes(&w->flow, c->values.base64) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	return err ? err : output_put(w->out, "\"", quoted, f);
}

int
calling_result_flow(const struct calling *c, struct flow_conn *w, bool quoted,
    size_t *len, struct codec_remarks *m, struct failure *f)
{
	memset(m, 0, sizeof(*m));
	*len = 0;
	return c->given->raw != NULL ? raw_result_flow(c, w, quoted, f) :
	    codec_decode_flow(&c->result, &w->flow, &c->values, EXIT_PROTOCOL,
	    len, m, f);
}

void
calling_release(struct calling *c)
{
	wire_log_library(NULL);
	library_close(&c->library);
	buf_release(&c->sent);
}
