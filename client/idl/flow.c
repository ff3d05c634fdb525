/*
 * Values in parts: see flow.h. Called by decode_scalar.c and codec.c.
 */
#include "idl/flow.h"

#include <errno.h>
#include <string.h>

#include "idl/bytes.h"

/* What has been looked at makes room. */
static void
forget(struct decoder *d)
{
	struct buf *data = &d->flow->data;

	data->len = d->len - d->at;
	if (data->len > 0)
		memmove(data->data, d->data + (d->at - d->base), data->len);
	d->base = d->at;
}

int
flow_more(struct decoder *d, size_t n)
{
	struct value_flow *w = d->flow;
	ssize_t got = 1;

	forget(d);
	if (buf_reserve(&w->data, n > FLOW_PART ? n : FLOW_PART) != 0)
		return -ENOMEM;
	while (w->data.len < n && got > 0) {
		got = w->read(w, w->data.data + w->data.len,
		    w->data.cap - w->data.len);
		if (got > 0)
			w->data.len += (size_t)got;
	}
	if (got == 0) {
		w->coming = 0;
		w->limited = false;
	}
	d->data = w->data.data;
	d->len = d->base + w->data.len;
	return got < 0 ? (int)got : 0;
}

int
flow_out(struct decoder *d)
{
	int err = d->out->len > 0 ? d->flow->write(d->flow, d->out->data,
	    d->out->len) : 0;

	d->out->len = 0;
	return err;
}

int
flow_bytes(struct value_flow *w, bool base64)
{
	struct decoder d = { .flow = w, .out = &w->out };
	size_t n = FLOW_PART;
	int err = bytes_format("", 0, base64, &w->out);

	while (err == 0 && n == FLOW_PART) {
		err = flow_more(&d, FLOW_PART);
		if (err)
			return err;
		n = d.len - d.at < FLOW_PART ? d.len - d.at : FLOW_PART;
		err = bytes_digits(d.data, n, base64, &w->out);
		d.at += n;
		if (err == 0)
			err = flow_out(&d);
	}
	return err;
}
