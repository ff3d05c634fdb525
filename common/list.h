/*
 * A doubly linked list whose links are embedded in its members. A list head
 * is a link of its own; a link that is in no list points to itself.
 */
#ifndef RPCALL_LIST_H
#define RPCALL_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *prev, *next;
};

#define container_of(pointer, type, member) \
	((type *)((char *)(pointer) - offsetof(type, member)))

static inline void
list_init(struct list *l)
{
	l->prev = l->next = l;
}

static inline bool
list_empty(const struct list *l)
{
	return l->next == l;
}

/* Legal on a link that is in no list. */
static inline void
list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

/* Puts link, from wherever it is, at the end. */
static inline void
list_append(struct list *l, struct list *link)
{
	list_remove(link);
	link->prev = l->prev;
	link->next = l;
	l->prev->next = link;
	l->prev = link;
}

#endif
