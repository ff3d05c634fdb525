/*
 * Making a stencil: see stencil.h. The encoder of values calls put() for each
 * string with "{{" in it; what it would have written there becomes a hole.
 */
#include "idl/stencil.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "be.h"
#include "idl/bytes.h"
#include "idl/schema.h"
#include "idl/stencil_in.h"
#include "idl/value_in.h"

/* A string with templates, while it becomes a hole. */
struct making {
	struct stencil *stencil;
	struct encoder *e;
	const struct idl_type *type;
	const struct step *step;
	uint32_t token;
	const char *text;	/* as it reads, in the arena */
	size_t len;
	struct hole hole;
};

/* The caret goes below text[at], where the JSON has it as it reads. */
static int
wrong_at(struct making *m, size_t at, const char *what)
{
	const struct json_token *t = &m->e->json->tokens[m->token];
	bool first = m->e->error->text[0] == '\0';
	int err = encode_wrong(m->e, m->step, m->token, "%s", what);

	if (first && !t->escaped)
		m->e->error->at += 1 + at;
	return err;
}

/* "argument .opid.sequence" */
static void
name_hole(const struct making *m, struct hole *h)
{
	char path[160];

	step_format(m->step, path, sizeof(path));
	snprintf(h->where, sizeof(h->where), "%s%s%.40s", m->e->what,
	    path[0] ? " " : "", path);
}

/* The hole is complete, and takes so many zeros of the image. */
static int
add_hole(struct making *m)
{
	struct stencil *s = m->stencil;
	struct hole *h = &m->hole, *grown;
	int err = encode_room(m->e, m->step, h->size);

	if (err)
		return err;
	if (s->nholes == STENCIL_HOLES)
		return wrong_at(m, 0, "too many templates");
	h->at = m->e->out->len;
	/* An image of nothing yet is nowhere. */
	if (h->size > 0)
		memset(m->e->out->data + h->at, 0, h->size);
	m->e->out->len += h->size;
	name_hole(m, h);
	grown = arena_append(&s->arena, s->holes, s->nholes, sizeof(*h));
	if (grown == NULL)
		return -ENOMEM;
	s->holes = grown;
	s->holes[s->nholes++] = *h;
	return 0;
}

static int
add_part(struct making *m, const struct draw *d)
{
	struct hole *h = &m->hole;
	struct draw *grown = arena_append(&m->stencil->arena, h->parts,
	    h->nparts, sizeof(*d));

	if (grown == NULL)
		return -ENOMEM;
	h->parts = grown;
	grown[h->nparts++] = *d;
	return 0;
}

/* What the type holds; only whole numbers are drawn. */
static void
number_hole(struct making *m)
{
	const struct idl_type *real = type_real(m->type);
	struct hole *h = &m->hole;
	bool is_real = real->kind == TYPE_FLOAT || real->kind == TYPE_DOUBLE;

	h->size = (uint32_t)real->min_size;
	h->kind = is_real ? (h->size == 4 ? HOLE_FLOAT : HOLE_DOUBLE) :
	    h->size == 4 ? HOLE_WORD : HOLE_HYPER;
	if (is_real) {
		h->high = (wide)1 << 100;
		h->low = -h->high;
	} else
		value_range(real, &h->low, &h->high);
}

/* A number is one template, and the string has nothing else in it. */
static int
make_number(struct making *m)
{
	const char *wrong = NULL;
	struct draw d;
	wide low, high;
	size_t at = 0, n = strncmp(m->text, "{{", 2) == 0 ?
	    draw_parse(&d, m->text, m->len, &wrong, &at) : 0;

	if (wrong != NULL)
		return wrong_at(m, at, wrong);
	if (n != m->len)
		return wrong_at(m, n, "a number is one template with nothing "
		    "beside it");
	if (!draw_is_number(&d))
		return wrong_at(m, 0, "that template is no number");
	number_hole(m);
	draw_range(&d, &low, &high);
	if (low < m->hole.low || high > m->hole.high)
		return wrong_at(m, 0, "it draws numbers that the type does not "
		    "hold");
	return add_part(m, &d) == 0 ? add_hole(m) : -ENOMEM;
}

/* Text between templates; of "hex:" the bytes that its digits are. */
static int
add_literal(struct making *m, size_t from, size_t to)
{
	struct draw d = { .kind = DRAW_TEXT, .text = m->text + from,
		.len = (uint32_t)(to - from) };
	struct buf hex = { 0 }, bytes = { 0 };
	int err = 0;

	if (from == to)
		return 0;
	if (m->hole.binary) {
		err = buf_append(&hex, "hex:", 4);
		if (err == 0)
			err = buf_append(&hex, d.text, d.len);
		if (err == 0)
			err = bytes_parse((const char *)hex.data, hex.len,
			    false, VALUE_XDR, &bytes);
		d.text = err ? NULL : arena_copy(&m->stencil->arena,
		    (const char *)bytes.data, bytes.len);
		d.len = (uint32_t)bytes.len;
		buf_release(&hex);
		buf_release(&bytes);
	}
	if (err)
		return err == -ENOMEM ? err : wrong_at(m, from, "wrong digits; "
		    "between templates they stand in pairs");
	return d.text != NULL ? add_part(m, &d) : -ENOMEM;
}

static int
add_template(struct making *m, size_t *at)
{
	const char *wrong;
	size_t off, n;
	struct draw d;

	n = draw_parse(&d, m->text + *at, m->len - *at, &wrong, &off);
	if (n == 0)
		return wrong_at(m, *at + off, wrong);
	if (m->hole.binary && (draw_is_number(&d) ? !d.base16 ||
	    d.width % 2 != 0 : d.kind != DRAW_BYTES))
		return wrong_at(m, *at, "in hex there are {{hex N}} and "
		    "numbers with an even count of digits, {{seq:8x}}");
	*at += n;
	return add_part(m, &d);
}

static int
add_parts(struct making *m, size_t at)
{
	int err = 0;

	while (at < m->len && err == 0) {
		const char *open = memmem(m->text + at, m->len - at, "{{", 2);
		size_t to = open ? (size_t)(open - m->text) : m->len;

		err = add_literal(m, at, to);
		at = to;
		if (err == 0 && open != NULL)
			err = add_template(m, &at);
	}
	return err;
}

/* Characters of a text, or bytes. */
static void
part_length(const struct hole *h, const struct draw *d, uint32_t *min,
    uint32_t *max)
{
	draw_length(d, min, max);
	if (h->binary && d->kind != DRAW_TEXT) {
		*min /= 2;
		*max /= 2;
	}
}

/* How long it is, and whether the type allows that. */
static int
measure(struct making *m, const struct idl_type *real)
{
	uint64_t min = 0, max = 0;
	struct hole *h = &m->hole;

	for (size_t i = 0; i < h->nparts; i++) {
		uint32_t least, most;

		part_length(h, &h->parts[i], &least, &most);
		min += least;
		max += most;
	}
	if (max > VALUE_XDR)
		return wrong_at(m, 0, "larger than a message may be");
	h->bound = real->max;
	h->varies = min != max;
	if (real->fixed && (h->varies || min != real->max))
		return encode_wrong(m->e, m->step, m->token, h->varies ?
		    "its length varies, and the type has %u bytes: give "
		    "numbers a width, {{seq:8}}" : "not the %u bytes of its "
		    "type", real->max);
	if (min > real->max)
		return encode_wrong(m->e, m->step, m->token, "more than %u "
		    "bytes", real->max);
	h->counted = !real->fixed;
	h->room = (uint32_t)(xdr_padded(max) + (h->counted ? 4 : 0));
	h->size = h->varies ? 0 : h->room;
	return add_hole(m);
}

static int
make_bytes(struct making *m)
{
	const struct idl_type *real = type_real(m->type);
	size_t from = 0;
	int err;

	m->hole.kind = HOLE_BYTES;
	if (real->kind == TYPE_OPAQUE) {
		m->hole.binary = strncmp(m->text, "hex:", 4) == 0;
		from = m->hole.binary ? 4 : 5;
		if (!m->hole.binary && strncmp(m->text, "text:", 5) != 0)
			return wrong_at(m, 0, "templates go into \"text:...\" "
			    "and \"hex:...\"");
	}
	err = add_parts(m, from);
	return err ? err : measure(m, real);
}

/* The string as it reads. */
static int
read_string(struct making *m)
{
	struct buf plain = { 0 };
	int err = json_string(m->e->json, &m->e->json->tokens[m->token],
	    &plain);

	if (err == 0) {
		m->len = plain.len;
		m->text = arena_copy(&m->stencil->arena,
		    (const char *)plain.data, plain.len);
		err = m->text ? 0 : -ENOMEM;
	}
	buf_release(&plain);
	return err;
}

static int
put(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *step)
{
	struct making m = { .stencil = e->fill->context, .e = e, .type = t,
		.step = step, .token = token };
	int err = read_string(&m);

	if (err)
		return err;
	switch (type_real(t)->kind) {
	case TYPE_INT:
	case TYPE_HYPER:
	case TYPE_BOOL:
	case TYPE_ENUM:
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		return make_number(&m);
	case TYPE_STRING:
	case TYPE_OPAQUE:
		return make_bytes(&m);
	default:
		return wrong_at(&m, 0, "no template goes here");
	}
}

void
stencil_init(struct stencil *s)
{
	memset(s, 0, sizeof(*s));
	s->fill = (struct value_fill){ .put = put, .context = s };
}

int
stencil_finish(struct stencil *s, struct failure *f)
{
	/* One byte more: an image of none is somewhere, too. */
	if (buf_reserve(&s->image, 1) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	s->room = s->image.len;
	for (size_t i = 0; i < s->nholes; i++) {
		s->varies |= s->holes[i].varies;
		s->room += s->holes[i].varies ? s->holes[i].room : 0;
	}
	return s->room <= VALUE_XDR ? 0 : failure_set(f, EXIT_DATA,
	    "the arguments may become larger than a message may be");
}

void
stencil_release(struct stencil *s)
{
	arena_release(&s->arena);
	buf_release(&s->image);
	memset(s, 0, sizeof(*s));
}
