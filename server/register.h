/*
 * Registration with rpcbind: every service on every endpoint, for as long as
 * the daemon runs. rpcbind's calls block, so all of it is in a thread of its
 * own; rpcbind absent, restarted or stopped never touches a call.
 */
#ifndef RPCALLD_REGISTER_H
#define RPCALLD_REGISTER_H

struct server;
struct registrar;

/*
 * Starts registering what s has open; NULL without memory or a thread.
 * Waits, at most a second, until the first attempt is through, so that
 * "ready" means registered where rpcbind answers.
 */
struct registrar *register_start(struct server *s);

/* Takes back what was registered and ends the thread. NULL is legal. */
void register_stop(struct registrar *r);

#endif
