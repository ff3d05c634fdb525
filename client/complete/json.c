/*
 * Members and values within a JSON text that is being written, for the repl:
 * reads what is there up to the cursor, along the type that it is of.
 */
#include <ctype.h>
#include <string.h>

#include "complete/members.h"
#include "complete/sources.h"

enum { DEEP = 64 };	/* values in one another; further in nothing is known */

/* An object or an array that is open. */
struct frame {
	struct spot in;		/* its type NULL: unknown */
	bool object, value;	/* value: a member's name is behind us */
	uint64_t used;		/* members that have been named, by index */
	const struct idl_field *arm;	/* of a union whose discriminant is
					 * there; NULL: any */
	struct spot want;	/* type of the value that comes */
	bool is_disc;		/* and that value is the discriminant */
};

struct walk {
	struct frame frames[DEEP];
	int depth;		/* frames that are open */
	bool after;		/* a value ended: a comma or bracket follows */
};

static const struct spot unknown = { NULL, false };

/* The type of the value that may stand here. */
static struct spot
wanted(const struct walk *w)
{
	return w->frames[w->depth - 1].want;
}

static void
open_frame(struct walk *w, bool object)
{
	struct spot in = wanted(w);
	struct frame *f;

	if (w->depth == DEEP)
		return;
	f = &w->frames[w->depth++];
	*f = (struct frame){ .in = in, .object = object };
	if (!object && (in.type == NULL || !spot_enter_element(&in)))
		in = unknown;
	f->want = object ? unknown : in;
	w->after = false;
}

/* A member is named: its value comes. */
static void
take_name(struct frame *f, const char *name, size_t n)
{
	f->want = unknown;
	f->is_disc = false;
	for (size_t i = 0; f->in.type != NULL && i < spot_count(&f->in); i++) {
		struct idl_field m = spot_member(&f->in, i);

		if (m.key == NULL || strlen(m.key) != n ||
		    memcmp(m.key, name, n) != 0)
			continue;
		f->want = (struct spot){ m.type, false };
		f->is_disc = i == 0 && spot_is_union(&f->in);
		if (i < 64)
			f->used |= UINT64_C(1) << i;
	}
}

/* A whole scalar: of a discriminant it says which arm there is. */
static void
take_scalar(struct walk *w, const char *text, size_t n)
{
	struct frame *f = &w->frames[w->depth - 1];

	if (f->object && !f->value && w->depth > 1) {
		take_name(f, text, n);
		return;
	}
	if (f->is_disc)
		f->arm = spot_arm(&f->in, text, n);
	w->after = true;
}

static void
take_sign(struct walk *w, char c)
{
	struct frame *f = &w->frames[w->depth - 1];

	if (c == '{' || c == '[')
		open_frame(w, c == '{');
	else if (c == ':')
		f->value = true;
	else if (c == ',')
		f->value = w->after = false;
	else if (w->depth > 1) {
		w->depth--;
		w->after = true;
	}
}

/* The end of the string that begins at p, or NULL. */
static const char *
string_end(const char *p)
{
	for (p++; *p != '\0' && *p != '"'; p++)
		if (*p == '\\' && p[1] != '\0')
			p++;
	return *p == '"' ? p : NULL;
}

/* Reads text; returns where the word begins that is still being written. */
static const char *
read_text(struct walk *w, const char *p)
{
	while (*p != '\0') {
		const char *end;

		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		if (strchr("{}[],:", *p) != NULL) {
			take_sign(w, *p++);
			continue;
		}
		end = *p == '"' ? string_end(p) :
		    p + strcspn(p, "{}[],: \t\r\n");
		if (end == NULL || *end == '\0')
			return p;
		if (*p == '"')
			take_scalar(w, p + 1, (size_t)(end - p) - 1);
		else
			take_scalar(w, p, (size_t)(end - p));
		p = end + (*p == '"');
	}
	return p;
}

static void
add_names(struct candidates *c, const struct frame *f)
{
	for (size_t i = 0; f->in.type != NULL && i < spot_count(&f->in); i++) {
		struct idl_field m = spot_member(&f->in, i);
		bool other = f->arm != NULL && i > 0 &&
		    (f->arm->key == NULL || m.key != f->arm->key);

		if (m.key != NULL && !other && (i >= 64 ||
		    (f->used & UINT64_C(1) << i) == 0))
			candidates_addf(c, true, "\"%s\": ", m.key);
	}
}

void
complete_json(struct candidates *c, const struct idl_type *t)
{
	struct walk w = { .depth = 1 };
	const struct frame *f;
	const char *word;

	w.frames[0].want = (struct spot){ t, false };
	word = read_text(&w, c->word);
	candidates_skip(c, (size_t)(word - c->word));
	f = &w.frames[w.depth - 1];
	if (w.after || w.depth == DEEP)
		return;
	if (f->object && !f->value)
		add_names(c, f);
	else if (f->want.type != NULL)
		members_json(c, f->want.type);
}
