/*
 * Waiting for many connections at once, by epoll: the pipelined load's. Called
 * by pipeline.c.
 */
#ifndef RPCALL_LINE_EVENTS_H
#define RPCALL_LINE_EVENTS_H

#include <stdint.h>
#include <sys/epoll.h>

#include "measure/under_way.h"

enum { LINE_EVENTS = 64 };	/* of one look */

/* Answers on l are waited for, from now on: 0 or -errno. An event's data.u32
 * is the line's number. */
int line_watch(int epoll, struct line *l);

/* Writing is waited for only while something waits to be written. */
int line_watch_out(int epoll, struct line *l);

/* Waits up to ns: the count of events, of LINE_EVENTS at most, or -errno. */
int line_events(int epoll, uint64_t ns, struct epoll_event *events);

#endif
