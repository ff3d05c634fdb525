/*
 * The repl at a terminal: see editor.h. The only file that knows libedit.
 */
#include "repl/editor.h"

#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "repl/tab.h"

enum { PROMPT_SIZE = 80, LISTED = 200, WIDTH = 80, GAP = 2 };

struct editor {
	EditLine *el;
	History *history;
	HistEvent event;
	struct repl *repl;
	const char *before;
	char prompt[PROMPT_SIZE];
	char *line;
	bool interrupted;
};

static struct editor *
of(EditLine *el)
{
	struct editor *e = NULL;

	el_get(el, EL_CLIENTDATA, &e);
	return e;
}

static char *
prompt(EditLine *el)
{
	return of(el)->prompt;
}

static void
set_prompt(struct editor *e)
{
	const char *uri = e->repl->session.uri;

	if (e->before[0] != '\0')
		strcpy(e->prompt, "... ");
	else
		snprintf(e->prompt, sizeof(e->prompt), "%.*s> ",
		    PROMPT_SIZE - 4, uri[0] ? uri : "rpcall");
}

/* Ctrl-C is a key here: what stands in the line is given up. */
static unsigned char
on_interrupt(EditLine *el, int c)
{
	(void)c;
	of(el)->interrupted = true;
	fputs("^C\n", stderr);
	return CC_NEWLINE;
}

static unsigned char
on_suspend(EditLine *el, int c)
{
	(void)c;
	el_set(el, EL_PREP_TERM, 0);
	raise(SIGTSTP);
	el_set(el, EL_PREP_TERM, 1);
	return CC_REDISPLAY;
}

static int
columns(void)
{
	struct winsize w;

	return ioctl(2, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col :
	    WIDTH;
}

/* The part of the i-th that is not in the line yet. */
static const char *
shown(const struct candidates *c, size_t i)
{
	size_t n = strlen(c->list[i].text);

	return c->list[i].text + (c->shown < n ? c->shown : 0);
}

/* All candidates, below the line. */
static void
list(const struct candidates *c)
{
	size_t n = c->n < LISTED ? c->n : LISTED, width = 1, per_line;

	for (size_t i = 0; i < n; i++)
		if (strlen(shown(c, i)) > width)
			width = strlen(shown(c, i));
	per_line = (size_t)columns() / (width + GAP);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%s%-*s", per_line == 0 || i % per_line == 0 ?
		    "\n" : "  ", (int)width, shown(c, i));
	if (c->n > n)
		fprintf(stderr, "\n(and %zu more)", c->n - n);
	fputs("\n", stderr);
}

/* libedit counts characters. */
static int
characters(const char *text, size_t n)
{
	int count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

static unsigned char
apply(EditLine *el, const struct tab *t, const char *text, size_t n)
{
	if (t->found.n == 0)
		return CC_REFRESH_BEEP;
	if (t->erase == 0 && t->insert[0] == '\0') {
		if (t->found.n > 1)
			list(&t->found);
		return CC_REDISPLAY;
	}
	if (t->erase > n)
		return CC_REFRESH_BEEP;	/* it began on an earlier line */
	el_deletestr(el, characters(text + n - t->erase, t->erase));
	if (el_insertstr(el, t->insert) != 0)
		return CC_REFRESH_BEEP;
	return CC_REFRESH;
}

static unsigned char
on_tab(EditLine *el, int c)
{
	struct editor *e = of(el);
	const LineInfo *li = el_line(el);
	size_t n = (size_t)(li->cursor - li->buffer);
	unsigned char done = CC_REFRESH_BEEP;
	struct tab t;
	char *text;

	(void)c;
	if (asprintf(&text, "%s%s%.*s", e->before, e->before[0] ? "\n" : "",
	    (int)n, li->buffer) < 0)
		return CC_REFRESH_BEEP;
	tab_complete(&t, &e->repl->session, text);
	done = apply(el, &t, text + strlen(text) - n, n);
	tab_release(&t);
	free(text);
	return done;
}

/* Names as wide text: libedit keeps them as they are given, but copies what
 * it has to widen, and never frees the copies. */
static void
bind_keys(EditLine *el)
{
	el_wset(el, EL_ADDFN, L"rpcall-complete", L"complete the word",
	    on_tab);
	el_wset(el, EL_ADDFN, L"rpcall-interrupt", L"give up the line",
	    on_interrupt);
	el_wset(el, EL_ADDFN, L"rpcall-suspend", L"stop, as a job does",
	    on_suspend);
	el_set(el, EL_BIND, "^I", "rpcall-complete", NULL);
	el_set(el, EL_BIND, "^C", "rpcall-interrupt", NULL);
	el_set(el, EL_BIND, "^Z", "rpcall-suspend", NULL);
	el_set(el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	/* As keys these two come in their turn, and end nothing but the line. */
	el_set(el, EL_SETTY, "-d", "-isig", NULL);
}

struct editor *
editor_new(struct repl *r)
{
	struct editor *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	setlocale(LC_CTYPE, "");
	e->repl = r;
	e->before = "";
	e->history = history_init();
	e->el = el_init("rpcall", stdin, stderr, stderr);
	if (e->el == NULL || e->history == NULL) {
		editor_free(e);
		return NULL;
	}
	history(e->history, &e->event, H_SETSIZE, HISTORY_LINES);
	history(e->history, &e->event, H_SETUNIQUE, 1);
	el_set(e->el, EL_CLIENTDATA, e);
	el_set(e->el, EL_PROMPT, prompt);
	el_set(e->el, EL_EDITOR, "emacs");
	el_set(e->el, EL_SIGNAL, 1);
	el_set(e->el, EL_HIST, history, e->history);
	bind_keys(e->el);
	el_source(e->el, NULL);
	for (size_t i = 0; i < r->history.n; i++)
		editor_remember(e, r->history.lines[i]);
	return e;
}

void
editor_free(struct editor *e)
{
	if (e == NULL)
		return;
	if (e->el != NULL)
		el_end(e->el);
	if (e->history != NULL)
		history_end(e->history);
	free(e->line);
	free(e);
}

int
editor_read(struct editor *e, const char *before, const char **line)
{
	const char *got;
	int n = 0;

	e->before = before;
	e->interrupted = false;
	set_prompt(e);
	/* el_gets() would do so after the prompt: too late for who answers it
	 * at once with Ctrl-C. */
	el_set(e->el, EL_PREP_TERM, 1);
	got = el_gets(e->el, &n);
	if (e->interrupted)
		return -EINTR;
	if (got == NULL || n <= 0)
		return -ENODATA;
	free(e->line);
	e->line = strndup(got, strcspn(got, "\n"));
	*line = e->line ? e->line : "";
	return 0;
}

void
editor_remember(struct editor *e, const char *line)
{
	history(e->history, &e->event, H_ENTER, line);
}
