/*
 * Answering later: what a handler that needs time does with its request (see
 * call.h, which brings this).
 */
#ifndef RPCALLD_DEFER_H
#define RPCALLD_DEFER_H

#include <rpc/rpc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;

/* For handlers: can this server answer later? A stock one cannot. */
bool call_can_defer(struct svc_req *rq);

/*
 * For handlers: may a call that can take long be deferred? Datagrams have no
 * peer that could be held to its limit, so such calls get half of the room
 * that there is for them, and others never wait for that to become free.
 */
bool call_may_linger(struct svc_req *rq);

/*
 * For handlers: keeps the request alive after they return FALSE. Pointers
 * taken from the argument before are void; those in *arg hold. NULL when the
 * peer has too many calls waiting: return FALSE after svcerr_systemerr().
 */
struct call *call_defer(struct svc_req *rq);

/*
 * The same for an answer of up to n bytes: while a peer's deferred calls and
 * their answers may come to more than it may leave unread, no more calls are
 * read from it.
 */
struct call *call_defer_large(struct svc_req *rq, size_t n);

/*
 * For handlers that answer at once, by returning TRUE: what is answered in this
 * turn leaves only after before(), which is called once for the turn, in this
 * thread. When it returns -errno nothing leaves, and the peer is closed. False
 * where answers do not gather (datagrams); where some of this peer's calls are
 * deferred, which this one must not overtake; and where other peers are to be
 * served as well, whose calls deferred ones can share their wait with.
 */
bool call_answer_after(struct svc_req *rq, int (*before)(void));

/* From any thread, until call_reply(): is nobody there to be answered? */
bool call_is_dropped(const struct call *c);

/* The result of a deferred call, to be filled before call_reply(). */
void *call_result(struct call *c);

/*
 * Where an opaque of up to n bytes goes that has before bytes of a call's
 * result in front of it; the call may have been deferred. svc_sendreply() of
 * a result whose opaque is there copies none of it. NULL without memory.
 */
uint8_t *call_reply_room(struct call *c, size_t before, size_t n);

/*
 * A large opaque of the result that lies within n bytes at data may be sent
 * from there, instead of one of the arguments, which must have none. The bytes
 * stay as they are until this thread is given another call.
 */
void call_lend(struct call *c, const uint8_t *data, size_t n);

/* Answers a deferred call, from any thread, once; c is gone then. */
void call_reply(struct call *c);

/* From within the handler: call_reply() after ns nanoseconds. */
void call_reply_after(struct call *c, uint64_t ns);

#endif
