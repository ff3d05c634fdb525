/*
 * rpcall watch: repeats a call and prints its answer, then what changes of
 * it. A call that fails is such a change as well, and is made again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calling.h"
#include "clock.h"
#include "idl/json_diff.h"
#include "interrupt.h"
#include "invoke.h"
#include "output.h"
#include "verb.h"
#include "when.h"
#include "wire/pcap.h"

/* Of a value in a line of text; JSON has all of it. */
enum { SHOWN_MAX = 100, CHANGES_SHOWN = 40 };

static struct {
	struct call_args call;
	uint64_t interval, count;
	bool until_change, exit_on_error;
} opt = { .call = CALL_ARGS_DEFAULT, .interval = NS_PER_S };

static const struct option_spec options[] = {
	{ "interval", 'n', OPTION_EVERY, "DUR", "from call to call (1s)",
	    &opt.interval },
	{ "count", 'c', OPTION_NUMBER, "N", "calls (until Ctrl-C)",
	    &opt.count },
	{ "until-change", 'g', OPTION_FLAG, NULL, "end when the answer is "
	    "another", &opt.until_change },
	{ "exit-on-error", 'e', OPTION_FLAG, NULL, "end when a call fails",
	    &opt.exit_on_error },
	CALL_ARGS(opt.call),
	PCAP_ARG,
	{ .name = NULL },
};

struct watching {
	struct calling calling;
	struct invocation invocation;
	struct buf last, now;		/* answers, on one line */
	bool answered;			/* there is a last one */
	bool changed;			/* it was another before */
	struct failure failing;		/* what is the matter; 0: nothing */
	struct buf line;		/* what is printed next */
};

static int
put(struct watching *w, const char *text, size_t n)
{
	return buf_append(&w->line, text, n);
}

static int
put_text(struct watching *w, const char *text)
{
	return put(w, text, strlen(text));
}

/* The head of what is told: of a line, or of a JSON document. */
static int
begin(struct watching *w)
{
	char when[WHEN_SIZE];

	w->line.len = 0;
	if (!common.json)
		return put_text(w, when_local(when)) == 0 ? put_text(w, "  ") :
		    -ENOMEM;
	if (put_text(w, "{\"schema\": \"rpcall/watch/1\", \"time\": \"") != 0 ||
	    put_text(w, when_utc(when)) != 0)
		return -ENOMEM;
	return put_text(w, "\"");
}

/* Whole lines only, whatever ends us: err is of what was put. */
static int
end(struct watching *w, int err, struct failure *f)
{
	if (err == 0 && common.json)
		err = put_text(w, "}");
	if (err)
		return failure_set(f, EXIT_OS, "no memory");
	return output_write(NULL, w->line.data, w->line.len, true, f);
}

/* JSON, or in a line of text no more than its beginning. */
static int
put_value(struct watching *w, const char *text, size_t n)
{
	char size[40];
	size_t shown = n;

	if (text == NULL)
		return put_text(w, common.json ? "null" : "nothing");
	if (common.json || n <= SHOWN_MAX)
		return put(w, text, n);
	for (shown = SHOWN_MAX; shown > 0 && (text[shown] & 0xc0) == 0x80;)
		shown--;
	snprintf(size, sizeof(size), "... (%zu bytes)", n);
	return put(w, text, shown) == 0 ? put_text(w, size) : -ENOMEM;
}

/* While differences are told. */
struct telling {
	struct watching *w;
	size_t n;
};

static int
tell_json(struct watching *w, const struct json_change *c, size_t before)
{
	int err = put_text(w, before ? ", {\"path\": " : "{\"path\": ");

	if (err == 0)
		err = json_quote(&w->line, c->path, strlen(c->path));
	if (err == 0 && c->before != NULL)
		err = put_text(w, ", \"before\": ");
	if (err == 0 && c->before != NULL)
		err = put_value(w, c->before, c->before_len);
	if (err == 0 && c->after != NULL)
		err = put_text(w, ", \"after\": ");
	if (err == 0 && c->after != NULL)
		err = put_value(w, c->after, c->after_len);
	return err ? err : put_text(w, "}");
}

static int
tell_text(struct watching *w, const struct json_change *c)
{
	const char *colon = c->path[0] != '\0' ? ": " : "";
	int err = put_text(w, "\n  ");

	if (err == 0)
		err = put_text(w, c->path);
	if (err == 0)
		err = put_text(w, colon);
	if (err == 0)
		err = put_value(w, c->before, c->before_len);
	if (err == 0)
		err = put_text(w, " -> ");
	return err ? err : put_value(w, c->after, c->after_len);
}

static int
tell_change(void *arg, const struct json_change *c)
{
	struct telling *t = arg;
	size_t n = t->n++;

	if (common.json)
		return tell_json(t->w, c, n);
	return n < CHANGES_SHOWN ? tell_text(t->w, c) : 0;
}

/* All differences; what cannot be read as JSON has changed as a whole. */
static int
tell_changes(struct telling *t)
{
	const char *before = (const char *)t->w->last.data;
	const char *after = (const char *)t->w->now.data;
	size_t n = t->w->last.len, m = t->w->now.len;
	struct json a = { 0 }, b = { 0 };
	struct json_error e;
	int err = json_parse(&a, before, n, &e);

	if (err == 0)
		err = json_parse(&b, after, m, &e);
	if (err == 0)
		err = json_diff(&a, &b, tell_change, t);
	else if (err == -EBADMSG)
		err = tell_change(t, &(struct json_change){ "", before, after,
		    n, m });
	json_release(&a);
	json_release(&b);
	return err;
}

static int
show_changes(struct watching *w, struct failure *f)
{
	struct telling t = { w, 0 };
	char more[64];
	int err = begin(w);

	if (err == 0)
		err = put_text(w, common.json ? ", \"changes\": [" :
		    w->failing.code ? "answered again, changed:" :
		    "changed:");
	if (err == 0)
		err = tell_changes(&t);
	if (err == 0 && t.n > CHANGES_SHOWN && !common.json) {
		snprintf(more, sizeof(more), "\n  ... and %zu more",
		    t.n - CHANGES_SHOWN);
		err = put_text(w, more);
	}
	if (err == 0 && common.json)
		err = put_text(w, "], \"result\": ");
	if (err == 0 && common.json)
		err = put(w, (const char *)w->now.data, w->now.len);
	return end(w, err, f);
}

/* The first answer, on as many lines as call prints; or one that is back. */
static int
show_answer(struct watching *w, const struct reply *r, struct failure *f)
{
	struct codec_remarks remarks;
	int err = begin(w);

	if (err == 0)
		err = put_text(w, common.json ? ", \"result\": " :
		    w->answered ? "answered again, unchanged" :
		    w->calling.proc.name);
	if (err == 0 && common.json)
		err = put(w, (const char *)w->now.data, w->now.len);
	if (err == 0 && !common.json && !w->answered) {
		err = put_text(w, "\n");
		w->calling.values.flat = false;
		if (err == 0 && calling_result(&w->calling, r, true, &w->line,
		    &remarks, f) != 0)
			return -f->code;
		w->calling.values.flat = true;
	}
	return end(w, err, f);
}

static int
show_failure(struct watching *w, const struct failure *why, struct failure *f)
{
	char code[32];
	int err = begin(w);

	snprintf(code, sizeof(code), "%d, \"text\": ", why->code);
	if (err == 0 && !common.json) {
		err = put_text(w, "error: ");
		return end(w, err ? err : put_text(w, why->text), f);
	}
	if (err == 0)
		err = put_text(w, ", \"error\": {\"code\": ");
	if (err == 0)
		err = put_text(w, code);
	if (err == 0)
		err = json_quote(&w->line, why->text, strlen(why->text));
	return end(w, err ? err : put_text(w, "}"), f);
}

/* Opens, where the last call did not leave it open, and calls. */
static int
try_call(struct watching *w, struct reply *r, struct failure *why)
{
	struct calling *c = &w->calling;
	struct call_head head = calling_head(c);
	/* Who was started again may be at another port. */
	struct target t = c->target;

	if (!w->invocation.open && invocation_open(&w->invocation, &t,
	    head.prog, head.vers, why) != 0)
		return -why->code;
	if (invocation_call(&w->invocation, &head, c->proc.name, c->sent.data,
	    c->sent.len, r, why) != 0)
		invocation_close(&w->invocation);
	return -why->code;
}

/* An idle connection may have been closed: that is no failure yet. */
static int
call_again(struct watching *w, struct reply *r, struct failure *why)
{
	bool used = w->invocation.open;

	if (try_call(w, r, why) == 0 || !used ||
	    why->code != EXIT_UNREACHABLE || interrupt_signal() != 0)
		return -why->code;
	memset(why, 0, sizeof(*why));
	return try_call(w, r, why);
}

static int
take_answer(struct watching *w, const struct reply *r, struct failure *f)
{
	bool same = w->answered && w->now.len == w->last.len &&
	    memcmp(w->now.data, w->last.data, w->now.len) == 0;
	struct buf old = w->last;
	int err = 0;

	if (w->answered && !same)
		err = show_changes(w, f);
	else if (!w->answered || w->failing.code != 0)
		err = show_answer(w, r, f);
	w->changed = w->answered && !same;
	w->answered = true;
	w->failing.code = 0;
	w->last = w->now;
	w->now = old;
	return err;
}

/* One call, and what is to be said of it: 0, or f's code negated. */
static int
look(struct watching *w, struct failure *f)
{
	struct codec_remarks remarks;
	struct failure why = { 0 };
	struct reply r;
	int err = call_again(w, &r, &why);

	w->now.len = 0;
	if (err == 0)
		err = calling_result(&w->calling, &r, true, &w->now, &remarks,
		    &why);
	if (interrupt_signal() != 0)
		return 0;
	if (err == 0)
		return take_answer(w, &r, f);
	if (why.code == w->failing.code &&
	    strcmp(why.text, w->failing.text) == 0)
		return 0;
	w->failing = why;
	return show_failure(w, &why, f);
}

/* Calls until there is a reason to end: the exit code. */
static int
watch(struct watching *w, struct failure *f)
{
	uint64_t next = clock_ns();

	w->calling.values.flat = true;
	w->invocation.max = opt.call.codec.max_record;
	for (uint64_t n = 0; opt.count == 0 || n < opt.count; n++) {
		uint64_t now = clock_ns();

		if (n > 0 && next > now)
			interrupt_pause(next - now);
		next = (next > now ? next : now) + opt.interval;
		if (interrupt_signal() == 0 && look(w, f) != 0)
			return failure_print(f);
		if (interrupt_signal() != 0)
			return 128 + interrupt_signal();
		if (opt.until_change && w->changed)
			return 0;
		if (opt.exit_on_error && w->failing.code != 0)
			return w->failing.code;
	}
	return w->failing.code ? w->failing.code : opt.until_change ? EXIT_NO :
	    0;
}

static int
run_watch(int nargs, const char **args)
{
	struct watching *w = calloc(1, sizeof(*w));
	struct failure f = { 0 };
	int code;

	if (w == NULL)
		return failure_set(&f, EXIT_OS, "no memory"), failure_print(&f);
	if (!calling_makes_sense(&opt.call, nargs)) {
		free(w);
		return verb_usage(&verb_watch);
	}
	interrupt_catch();
	code = calling_prepare(&w->calling, &opt.call, nargs, args, &f) == 0 ?
	    watch(w, &f) : failure_print(&f);
	invocation_close(&w->invocation);
	calling_release(&w->calling);
	buf_release(&w->last);
	buf_release(&w->now);
	buf_release(&w->line);
	free(w);
	return code;
}

const struct verb verb_watch = {
	.name = "watch", .group = "Do",
	.summary = "repeat a call, print when the answer changes",
	.usage = "[OPTIONS] TARGET PROGRAM/VERSION.PROCEDURE [JSON...]",
	.details = "Prints the first answer, then each change of it: the "
	    "member, what it was and what\nit is. A call that fails is told "
	    "and made again, on a new connection. With --json a\nline for each "
	    "change. Exit code 1 when --until-change saw none, that of the "
	    "error\nwhen the last call failed.\n",
	.options = options,
	.run = run_watch,
};
